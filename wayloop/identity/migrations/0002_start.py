from django.db import migrations

RELATION = """
INSERT INTO identity_ordinalcounter (id, next_ordinal) VALUES (1, 0);
CREATE VIEW api_identity_people AS SELECT handle, person, ordinal FROM identity_person;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [
        migrations.RunSQL(RELATION, "DROP VIEW api_identity_people; DELETE FROM identity_ordinalcounter")
    ]
