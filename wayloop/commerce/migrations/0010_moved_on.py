import django.db.models.deletion
from django.db import migrations, models

STATUSES = [("planned", "Planned"), ("sent", "On its way"), ("done", "Delivered"), ("failed", "Not delivered")]
# As `api_commerce_deliveries` says when they came: numbers of a period look only at those of it.
DONE = "CREATE INDEX commerce_delivery_done ON commerce_delivery ((CASE WHEN status = 'done' THEN ended_at END))"


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0009_products_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryBefore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.CharField(max_length=40)),
                ('status', models.CharField(choices=STATUSES, max_length=10)),
                ('promised_to', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('carrier', models.CharField(blank=True, max_length=80)),
                ('number', models.CharField(blank=True, max_length=80)),
                ('after_status', models.CharField(choices=STATUSES, max_length=10)),
                ('after_promised_to', models.DateTimeField(null=True)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.delivery')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'delivery'), name='commerce_deliverybefore_once')],
            },
        ),
        migrations.CreateModel(
            name='Kept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('batch', models.CharField(max_length=40)),
                ('what', models.CharField(max_length=10)),
                ('row', models.BigIntegerField()),
                ('is_told', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'what', 'row'), name='commerce_kept_once')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='by_hand',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='statuschange',
            name='batch',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddIndex(
            model_name='statuschange',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_status_batch'),
        ),
        migrations.RunSQL(DONE, "DROP INDEX commerce_delivery_done"),
    ]
