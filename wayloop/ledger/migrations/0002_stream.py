from django.db import migrations

# Events are rows of the stream: read by the whole position, with what they are a reaction to, waking the readers.
STREAM = """
ALTER TABLE ledger_event ADD COLUMN cause bigint, ADD COLUMN depth smallint NOT NULL DEFAULT 0;
DROP INDEX ledger_event_position;
CREATE INDEX ledger_event_position ON ledger_event (epoch, xid, id);
CREATE TRIGGER ledger_event_wake AFTER INSERT ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_wake_readers();
"""
NO_STREAM = """
DROP TRIGGER ledger_event_wake ON ledger_event;
DROP INDEX ledger_event_position;
CREATE INDEX ledger_event_position ON ledger_event (xid, id);
ALTER TABLE ledger_event DROP COLUMN cause, DROP COLUMN depth;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("kernel", "0002_stream")]
    operations = [migrations.RunSQL(STREAM, NO_STREAM)]
