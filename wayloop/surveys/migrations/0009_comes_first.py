"""Rules whose survey comes first keep a place for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0008_shares")]

    operations = [
        migrations.AddField(model_name="askrule", name="comes_first", field=models.BooleanField(default=False)),
    ]
