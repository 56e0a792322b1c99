"""Files somebody looks at before they come in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_tables_files_and_saved_mappings")]

    operations = [
        migrations.CreateModel(
            name="ImportDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("files", models.JSONField()),
                ("heads", models.JSONField()),
                ("unread", models.JSONField(default=dict)),
                ("content", models.JSONField()),
                ("mapping", models.CharField(blank=True, max_length=60)),
                ("created_by", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=models.deletion.SET_NULL, related_name="+", to="imports.import"
                    ),
                ),
            ],
        ),
    ]
