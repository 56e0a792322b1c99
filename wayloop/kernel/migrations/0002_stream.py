from django.db import migrations, models

# Partitions by week of announced time, made ahead and dropped whole (kernel.stream.partitions); `kernel_fact_rest` takes
# what falls outside, so that no announcement ever fails for want of one.
FACT = """
CREATE TABLE kernel_fact (
    id bigint NOT NULL DEFAULT nextval('kernel_position'),
    epoch integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    announced_at timestamptz NOT NULL,
    kind text NOT NULL,
    version smallint NOT NULL,
    payload jsonb NOT NULL,
    person bigint,
    cause bigint,
    depth smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (announced_at, id)
) PARTITION BY RANGE (announced_at);
CREATE INDEX kernel_fact_position ON kernel_fact (epoch, xid, id);
CREATE TABLE kernel_fact_rest PARTITION OF kernel_fact DEFAULT;

CREATE FUNCTION kernel_wake_readers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The same message many times in one transaction is sent once, when it commits.
    PERFORM pg_notify('kernel_stream', '');
    RETURN NULL;
END $$;
CREATE TRIGGER kernel_fact_wake AFTER INSERT ON kernel_fact
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_wake_readers();

-- How far each listener (or each part of one) has come. `narrow`: so many rows at once only, while one that cannot be
-- digested is looked for. `attempts`: begun and not ended, so a process died in between.
CREATE TABLE kernel_streamcursor (
    listener text NOT NULL,
    part smallint NOT NULL,
    parts smallint NOT NULL,
    epoch integer NOT NULL,
    xid xid8 NOT NULL,
    id bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now(),
    attempts smallint NOT NULL DEFAULT 0,
    failures smallint NOT NULL DEFAULT 0,
    narrow integer,
    retry_at timestamptz,
    error text NOT NULL DEFAULT '',
    PRIMARY KEY (listener, part)
) WITH (fillfactor = 50);

-- Rows a listener could not digest, whole, because their partition may be gone before somebody looks.
CREATE TABLE kernel_parkedrow (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    listener text NOT NULL,
    epoch integer NOT NULL,
    xid xid8 NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    version smallint NOT NULL,
    payload jsonb NOT NULL,
    person bigint,
    cause bigint,
    depth smallint NOT NULL,
    at timestamptz NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    tries integer NOT NULL DEFAULT 1,
    error text NOT NULL,
    settled_at timestamptz,
    settled_how text NOT NULL DEFAULT '' CHECK (settled_how IN ('', 'replayed', 'dismissed')),
    UNIQUE (listener, epoch, xid, id)
);
CREATE INDEX kernel_parkedrow_open ON kernel_parkedrow (listener, number) WHERE settled_at IS NULL;
"""
NO_FACT = """
DROP TABLE kernel_fact;
DROP TABLE kernel_streamcursor;
DROP TABLE kernel_parkedrow;
DROP FUNCTION kernel_wake_readers() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="streamepoch", name="place", field=models.TextField(default="", db_default="")
        ),
        migrations.RunSQL(FACT, NO_FACT),
    ]
