from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_aside")]

    operations = [
        migrations.CreateModel(
            name="OutgoingAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(max_length=253)),
                ("port", models.PositiveIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("times", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["host", "port"], name="kernel_outgoingaddress_once"),
                ],
            },
        ),
    ]
