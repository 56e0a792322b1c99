import wayloop.kernel.localised
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voice", "0001_start")]

    operations = [
        migrations.AddField(
            model_name="thanking",
            name="reward",
            field=wayloop.kernel.localised.LocalisedField(default=wayloop.kernel.localised.Localised),
        ),
        migrations.AddField(
            model_name="thanking",
            name="link",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
    ]
