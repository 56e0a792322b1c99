from django.db import migrations

# One index serves the person's timeline and is the key: two trees for each row instead of three.
TABLES = """
ALTER TABLE ledger_event DROP CONSTRAINT ledger_event_pkey;
DROP INDEX ledger_event_person;
ALTER TABLE ledger_event ADD PRIMARY KEY (handle, occurred_at, id);

-- In which months (UTC, counted from January 2000) somebody was active, the latest first: a timeline opens these
-- partitions and no others. One row for each handle.
CREATE TABLE ledger_seen (handle bigint PRIMARY KEY, months integer[] NOT NULL) WITH (fillfactor = 80);
INSERT INTO ledger_seen SELECT handle, array_agg(month ORDER BY month DESC) FROM (
    SELECT DISTINCT handle, extract(year FROM occurred_at AT TIME ZONE 'UTC')::int * 12 - 24000
        + extract(month FROM occurred_at AT TIME ZONE 'UTC')::int - 1 AS month FROM ledger_event) active GROUP BY handle;

-- Events that no longer count: another one took their place, or they were taken back.
CREATE TABLE ledger_void (
    event_id bigint PRIMARY KEY,
    handle bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    by_id bigint NOT NULL,
    by_handle bigint,
    by_at timestamptz,
    is_retraction boolean NOT NULL,
    CHECK (is_retraction = (by_handle IS NULL) AND is_retraction = (by_at IS NULL))
);
CREATE TRIGGER ledger_void_append_only BEFORE UPDATE OR DELETE ON ledger_void
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

-- Rows of the stream under the kind of what they take back, so that whoever hears of the kind hears of this too.
CREATE TABLE ledger_retraction (
    id bigint PRIMARY KEY DEFAULT nextval('kernel_position'),
    epoch integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    version smallint NOT NULL,
    handle bigint NOT NULL,
    event_ids bigint[] NOT NULL,
    reason text NOT NULL,
    batch text NOT NULL,
    retracted_at timestamptz NOT NULL,
    cause bigint,
    depth smallint NOT NULL DEFAULT 0
);
CREATE INDEX ledger_retraction_position ON ledger_retraction (epoch, xid, id);
CREATE TRIGGER ledger_retraction_wake AFTER INSERT ON ledger_retraction
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_wake_readers();
CREATE TRIGGER ledger_retraction_append_only BEFORE UPDATE OR DELETE ON ledger_retraction
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();

-- Which transactions wrote a batch: its undo finds them by position, and needs no index over all events. `last_id`:
-- so far it has come.
CREATE TABLE ledger_batch (
    batch text NOT NULL,
    epoch integer NOT NULL,
    xid xid8 NOT NULL,
    events integer NOT NULL,
    last_id bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (batch, epoch, xid)
);
INSERT INTO ledger_batch (batch, epoch, xid, events)
    SELECT batch, epoch, xid, count(*) FROM ledger_event WHERE batch <> '' GROUP BY batch, epoch, xid;

CREATE VIEW api_ledger_events AS
    SELECT e.id, e.kind, e.version, e.handle, p.person, e.subject_kind, e.subject_id, e.occurred_at, e.offset_minutes,
        e.received_at, e.channel, e.location_id, e.brand_id, e.product_id, e.amount, e.currency, e.properties, e.source,
        e.batch, e.is_news, e.corrects
    FROM ledger_event e LEFT JOIN api_identity_people p ON p.handle = e.handle
    WHERE NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = e.id);
"""
NO_TABLES = """
DROP VIEW api_ledger_events;
DROP TABLE ledger_seen, ledger_void, ledger_retraction, ledger_batch;
ALTER TABLE ledger_event DROP CONSTRAINT ledger_event_pkey;
ALTER TABLE ledger_event ADD PRIMARY KEY (occurred_at, id);
CREATE INDEX ledger_event_person ON ledger_event (handle, occurred_at DESC, id DESC);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_stream"), ("identity", "0002_start")]
    operations = [migrations.RunSQL(TABLES, NO_TABLES)]
