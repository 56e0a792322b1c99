"""What stands behind a counter of an import, so that every number opens its rows."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0004_watched_folder")]

    operations = [
        migrations.CreateModel(
            name="BroughtThings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="imports.importtable"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["table", "group", "id"], name="imports_brought_group")],
            },
        ),
    ]
