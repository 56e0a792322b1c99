from django.db import migrations

# Answers of public POSTs, kept in the transaction of their effect (kernel.idempotency). The key is a hash.
ANSWERS = """
CREATE TABLE kernel_idempotency (
    key uuid PRIMARY KEY,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX kernel_idempotency_expires ON kernel_idempotency (expires_at);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_due")]
    operations = [migrations.RunSQL(ANSWERS, "DROP TABLE kernel_idempotency")]
