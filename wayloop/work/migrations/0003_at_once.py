from django.db import migrations

COLUMNS = """
    SELECT c.id, c.uuid, c.number, c.about, c.source, c.kind, c.severity, p.person, c.location_id, c.playbook_id,
        c.stage_id, c.state, c.member_id, c.cause_id, c.opened_at, c.deadline_at, c.closed_at, c.spent_seconds,
        c.waited_seconds, c.times_reopened, c.given, c.cost, c.currency, c.recovery_survey, c.recovery, c.is_recovered
"""
FROM = " FROM work_case c LEFT JOIN api_identity_people p ON p.handle = c.handle WHERE c.removed_at IS NULL;"
# Whether somebody came back is looked for only where a statement asks for it.
FIRST = """,
    CASE WHEN c.state = 'solved' AND p.person IS NOT NULL THEN c.times_reopened = 0 AND NOT EXISTS (
        SELECT FROM work_case o JOIN api_identity_people q ON q.handle = o.handle
        WHERE q.person = p.person AND o.removed_at IS NULL AND (o.opened_at, o.id) > (c.opened_at, c.id)
            AND o.opened_at <= c.closed_at + interval '7 days'
            AND (o.cause_id = c.cause_id OR o.cause_id IS NULL OR c.cause_id IS NULL)
    ) END AS is_first
"""
VIEW = f"CREATE OR REPLACE VIEW api_work_cases AS {COLUMNS} {FIRST} {FROM}"
BACK = f"DROP VIEW api_work_cases; CREATE VIEW api_work_cases AS {COLUMNS} {FROM}"


class Migration(migrations.Migration):
    dependencies = [("work", "0002_start")]
    operations = [migrations.RunSQL(VIEW, BACK)]
