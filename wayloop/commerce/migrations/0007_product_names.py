
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0006_greeting'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='product',
            name='commerce_product_name',
        ),
        migrations.RemoveField(
            model_name='product',
            name='sort_key',
        ),
        migrations.AddField(
            model_name='product',
            name='sort_keys',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
