from django.db import migrations

# Three years, as the newest law on proof of erasure asks; younger lines stay whatever the program does. Emptying the
# table whole is refused too: DELETE triggers do not see it.
KEPT = """
CREATE OR REPLACE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '3 years' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER accounts_auditentry_never_emptied BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
"""
BEFORE = """
DROP TRIGGER accounts_auditentry_never_emptied ON accounts_auditentry;
CREATE OR REPLACE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_access'),
    ]

    operations = [
        migrations.RunSQL(KEPT, BEFORE),
    ]
