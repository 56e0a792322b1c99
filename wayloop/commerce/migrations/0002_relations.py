from django.db import migrations

COLUMNS = """
    d.id, d.uuid, d.number, p.person, d.happened_at, d.offset_minutes, d.channel, d.location_id, d.currency,
    d.total, d.total_base, d.line_count, d.batch
"""
VIEWS = f"""
CREATE VIEW api_commerce_orders AS
    SELECT {COLUMNS} FROM commerce_order d LEFT JOIN api_identity_people p ON p.handle = d.handle;
CREATE VIEW api_commerce_returns AS
    SELECT {COLUMNS} FROM commerce_return d LEFT JOIN api_identity_people p ON p.handle = d.handle;
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0001_initial"), ("identity", "0002_start")]
    operations = [migrations.RunSQL(VIEWS, "DROP VIEW api_commerce_orders; DROP VIEW api_commerce_returns")]
