from django.db import migrations

VIEWS = """
CREATE INDEX journeys_note_words ON journeys_note USING gin (to_tsvector('simple', title || ' ' || text));
CREATE INDEX journeys_quote_words ON journeys_quote USING gin (to_tsvector('simple', text));
CREATE VIEW api_journeys_quotes AS
    SELECT q.id, q.uuid, n.uuid AS note_uuid, q.text, q.who, q.tone,
        array_to_string(q.tags, ',') AS tags, n.way, n.happened_on, n.location_id
    FROM journeys_quote q JOIN journeys_note n ON n.id = q.note_id WHERE n.removed_at IS NULL;
"""
BACK = "DROP VIEW api_journeys_quotes; DROP INDEX journeys_quote_words; DROP INDEX journeys_note_words"


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_start")]
    operations = [migrations.RunSQL(VIEWS, BACK)]
