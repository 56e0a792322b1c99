from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_goals")]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="baseline_unit",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.RunSQL("UPDATE metrics_goal SET baseline_unit = unit", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="goal", name="baseline_n"),
    ]
