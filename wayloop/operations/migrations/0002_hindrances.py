from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_backup")]

    operations = [
        migrations.AddField("backupplan", "problem_values", models.JSONField(default=dict)),
        migrations.AddField("backuprun", "problem_values", models.JSONField(default=dict)),
    ]
