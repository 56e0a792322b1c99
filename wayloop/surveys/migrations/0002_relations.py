from django.db import migrations

VIEWS = """
CREATE VIEW api_surveys_scores AS
    SELECT s.id, p.person, s.metric, s.scale_low, s.scale_high, s.lower_is_better, s.value, s.feel, s.happened_at,
        s.offset_minutes, s.answered_at, s.order_id, s.location_id, s.channel, s.source, s.number, s.comment, s.language,
        s.batch
    FROM surveys_score s LEFT JOIN api_identity_people p ON p.handle = s.handle;
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial"), ("identity", "0002_start")]
    operations = [migrations.RunSQL(VIEWS, "DROP VIEW api_surveys_scores")]
