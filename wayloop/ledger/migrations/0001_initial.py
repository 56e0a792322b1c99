from django.db import migrations, models

# Partitioned by month of occurred time in UTC; months are made on demand (ledger.services). `ledger_event_past` takes
# what is older than 2000, `ledger_event_rest` what lies too far ahead to get a month of its own.
EVENT = """
CREATE TABLE ledger_event (
    id bigint NOT NULL DEFAULT nextval('kernel_position'),
    epoch integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    version smallint NOT NULL,
    handle bigint NOT NULL,
    subject_kind text NOT NULL,
    subject_id bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    offset_minutes smallint NOT NULL,
    received_at timestamptz NOT NULL,
    channel text NOT NULL DEFAULT '',
    location_id bigint,
    brand_id bigint,
    product_id bigint,
    amount bigint,
    currency char(3),
    properties jsonb NOT NULL DEFAULT '{}',
    source text NOT NULL,
    batch text NOT NULL DEFAULT '',
    is_news boolean NOT NULL,
    corrects bigint,
    key uuid NOT NULL,
    PRIMARY KEY (occurred_at, id),
    CHECK ((amount IS NULL) = (currency IS NULL))
) PARTITION BY RANGE (occurred_at);
CREATE INDEX ledger_event_person ON ledger_event (handle, occurred_at DESC, id DESC);
CREATE INDEX ledger_event_position ON ledger_event (xid, id);
CREATE TABLE ledger_event_past PARTITION OF ledger_event FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00+00');
CREATE TABLE ledger_event_rest PARTITION OF ledger_event DEFAULT;
CREATE TABLE ledger_eventkey (key uuid PRIMARY KEY);

-- What happened is not rewritten: only the named functions of retention and erasure may touch rows, and they say so.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('wayloop.ledger_change', true) IS DISTINCT FROM 'allowed' THEN
        RAISE EXCEPTION 'ledger rows are append-only';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            EVENT,
            "DROP TABLE ledger_event; DROP TABLE ledger_eventkey; DROP FUNCTION ledger_refuse_change()",
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[("id", models.BigIntegerField(primary_key=True, serialize=False))],
                    options={"db_table": "ledger_event", "managed": False},
                ),
                migrations.CreateModel(
                    name="EventKey",
                    fields=[("key", models.UUIDField(primary_key=True, serialize=False))],
                    options={"db_table": "ledger_eventkey", "managed": False},
                ),
            ],
        ),
    ]
