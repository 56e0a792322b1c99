from django.db import migrations, models

# Rows come and go all day long; without this the index of waiting ones would grow dead ends.
TUNING = """
ALTER TABLE kernel_due ALTER COLUMN fence SET DEFAULT 0, ALTER COLUMN attempts SET DEFAULT 0,
    ALTER COLUMN problem SET DEFAULT '';
ALTER TABLE kernel_due SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200, fillfactor = 80);
ALTER TABLE kernel_stalledjob ALTER COLUMN strikes SET DEFAULT 0;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_stream")]

    operations = [
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=120)),
                ("due_at", models.DateTimeField()),
                ("run_at", models.DateTimeField()),
                ("local_at", models.CharField(blank=True, max_length=26)),
                ("zone", models.CharField(blank=True, max_length=64)),
                ("rule", models.CharField(blank=True, max_length=40)),
                ("ids", models.JSONField(default=dict)),
                ("fence", models.BigIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("parked_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("parked_at", None)), fields=["run_at"], name="kernel_due_waiting"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("name", "key"), name="kernel_due_once")],
            },
        ),
        migrations.CreateModel(
            name="StalledJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("strikes", models.PositiveIntegerField(default=0)),
                ("parked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("state", models.CharField(max_length=10)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("started_by", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(TUNING, migrations.RunSQL.noop),
    ]
