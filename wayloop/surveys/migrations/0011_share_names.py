"""Links to results have a name, and tell how often somebody had them open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0010_names")]

    operations = [
        migrations.AddField(
            model_name="resultshare", name="name", field=models.CharField(blank=True, default="", max_length=80)
        ),
        migrations.AlterField(
            model_name="resultshare", name="name", field=models.CharField(blank=True, max_length=80)
        ),
        migrations.AddField(
            model_name="resultshare", name="seen_count", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(model_name="resultshare", name="seen_at", field=models.DateTimeField(null=True)),
    ]
