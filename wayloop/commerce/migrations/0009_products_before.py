
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0008_batches'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductBefore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.CharField(max_length=40)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.product')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'product'), name='commerce_productbefore_once')],
            },
        ),
    ]
