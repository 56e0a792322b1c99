from django.db import migrations, models

import wayloop.kernel.localised


class Migration(migrations.Migration):
    dependencies = [("commerce", "0005_order_life")]

    operations = [
        migrations.CreateModel(
            name="GreetingPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", wayloop.kernel.localised.LocalisedField(default=wayloop.kernel.localised.Localised)),
                ("location_id", models.BigIntegerField(null=True)),
                ("brand_id", models.BigIntegerField(null=True)),
                ("position", models.PositiveIntegerField()),
                ("archived_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(location_id=None) | models.Q(brand_id=None),
                        name="commerce_greeting_one_place",
                    )
                ],
            },
        ),
    ]
