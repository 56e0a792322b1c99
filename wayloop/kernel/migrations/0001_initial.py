from django.db import migrations, models

POSITION = """
CREATE SEQUENCE kernel_position AS bigint CACHE 1;
INSERT INTO kernel_streamepoch (id, epoch) VALUES (1, 1);
"""
NO_POSITION = "DROP SEQUENCE kernel_position; DELETE FROM kernel_streamepoch;"
# The table of Django's database cache; it holds the counters of rate limits.
CACHE = """
CREATE TABLE kernel_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX kernel_cache_expires ON kernel_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StreamEpoch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="kernel_streamepoch_one_row")
                ]
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("size", models.BigIntegerField()),
                ("name", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(POSITION, NO_POSITION),
        migrations.RunSQL(CACHE, "DROP TABLE kernel_cache"),
    ]
