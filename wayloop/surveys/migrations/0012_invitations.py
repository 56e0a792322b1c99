"""Who was invited, and how far they came."""

from django.db import migrations

# An invitation that no message carries was handed over by hand. Of several messages one that left is enough.
VIEW = """
CREATE VIEW api_surveys_invitations AS
    SELECT i.id, i.survey_id, p.person, i.location_id, i.channel, i.language, i.order_id, i.created_at AS happened_at,
        m.sent IS NOT FALSE AS is_delivered,
        m.sent IS NOT FALSE AND (i.seen_at IS NOT NULL OR r.id IS NOT NULL) AS is_seen,
        m.sent IS NOT FALSE AND r.id IS NOT NULL AS is_begun,
        m.sent IS NOT FALSE AND r.completed_at IS NOT NULL AS is_answered
    FROM surveys_invitation i
    LEFT JOIN api_identity_people p ON p.handle = i.handle
    LEFT JOIN surveys_response r ON r.invitation_id = i.id
    LEFT JOIN LATERAL (
        SELECT bool_or(state = 'sent') AS sent FROM api_messaging_messages
        WHERE about_kind = 'survey_invitation' AND about_id = i.id
    ) m ON true
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0011_share_names"), ("messaging", "0001_initial"), ("identity", "0002_start")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW api_surveys_invitations")]
