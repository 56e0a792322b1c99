import django.contrib.postgres.functions
from django.db import migrations, models

import wayloop.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("commerce", "0002_relations")]

    operations = [
        migrations.AddField(
            "product",
            "uuid",
            models.UUIDField(
                unique=True, default=wayloop.kernel.ids.uuid7, db_default=django.contrib.postgres.functions.RandomUUID()
            ),
        ),
        migrations.AddField(
            "product",
            "kind",
            models.CharField(
                choices=[("product", "Product"), ("service", "Service")],
                db_default="product",
                default="product",
                max_length=8,
            ),
        ),
        migrations.AddField("product", "price", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
        migrations.AddField("product", "currency", models.CharField(blank=True, db_default="", max_length=3)),
        migrations.AddField("product", "archived_at", models.DateTimeField(null=True)),
        # Numbers of purchases made at the counter.
        migrations.RunSQL("CREATE SEQUENCE commerce_counter_number", "DROP SEQUENCE commerce_counter_number"),
    ]
