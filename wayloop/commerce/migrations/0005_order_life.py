
import django.db.models.deletion
import wayloop.kernel.localised
from django.db import migrations, models

COLUMNS = """
    d.id, d.uuid, d.number, p.person, d.happened_at, d.offset_minutes, d.channel, d.location_id, d.currency,
    d.total, d.total_base, d.line_count, d.batch, d.status, d.paid, d.balance
"""
# What was cancelled was not bought: whoever counts orders does not see it.
VIEWS = f"""
CREATE OR REPLACE VIEW api_commerce_orders AS
    SELECT {COLUMNS} FROM commerce_order d LEFT JOIN api_identity_people p ON p.handle = d.handle
    WHERE d.status <> 'cancelled';
CREATE VIEW api_commerce_all_orders AS
    SELECT {COLUMNS} FROM commerce_order d LEFT JOIN api_identity_people p ON p.handle = d.handle;
"""
FORMER = """
DROP VIEW api_commerce_all_orders;
DROP VIEW api_commerce_orders;
CREATE VIEW api_commerce_orders AS
    SELECT d.id, d.uuid, d.number, p.person, d.happened_at, d.offset_minutes, d.channel, d.location_id, d.currency,
        d.total, d.total_base, d.line_count, d.batch
    FROM commerce_order d LEFT JOIN api_identity_people p ON p.handle = d.handle
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0004_agreements_and_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('source', models.CharField(max_length=40)),
                ('number', models.CharField(max_length=120)),
                ('handle', models.BigIntegerField()),
                ('channel', models.CharField(blank=True, max_length=40)),
                ('location_id', models.BigIntegerField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('total', models.BigIntegerField()),
                ('line_count', models.PositiveIntegerField()),
                ('status', models.CharField(choices=[('open', 'Open'), ('abandoned', 'Abandoned'), ('ordered', 'Ordered'), ('emptied', 'Emptied')], default='open', max_length=10)),
                ('offset_minutes', models.SmallIntegerField()),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('abandoned_at', models.DateTimeField(null=True)),
                ('is_news', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='CartLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=14)),
                ('unit_price', models.DecimalField(decimal_places=6, max_digits=18)),
                ('amount', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=120, unique=True)),
                ('name', wayloop.kernel.localised.LocalisedField(default=wayloop.kernel.localised.Localised)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('way', models.CharField(choices=[('courier', 'Courier'), ('carrier', 'Delivery service'), ('pickup', 'Pick-up')], max_length=10)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('sent', 'On its way'), ('done', 'Delivered'), ('failed', 'Not delivered')], default='planned', max_length=10)),
                ('promised_from', models.DateTimeField(null=True)),
                ('promised_to', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('planned_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('carrier', models.CharField(blank=True, max_length=80)),
                ('number', models.CharField(blank=True, max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('is_refund', models.BooleanField(default=False)),
                ('method', models.CharField(choices=[('cash', 'Cash'), ('card', 'Bank card'), ('online', 'Online'), ('transfer', 'Bank transfer'), ('delivery', 'On delivery'), ('voucher', 'Gift voucher'), ('other', 'Another way')], max_length=10)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('counted', models.BigIntegerField()),
                ('happened_at', models.DateTimeField()),
                ('by', models.BigIntegerField(null=True)),
                ('is_told', models.BooleanField(db_default=True, default=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Settings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cart_hours', models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='StatusChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('former', models.CharField(choices=[('placed', 'New'), ('confirmed', 'In work'), ('ready', 'Ready'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], max_length=10)),
                ('status', models.CharField(choices=[('placed', 'New'), ('confirmed', 'In work'), ('ready', 'Ready'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], max_length=10)),
                ('happened_at', models.DateTimeField()),
                ('by', models.BigIntegerField(null=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='order',
            name='balance',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='paid',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='status',
            field=models.CharField(choices=[('placed', 'New'), ('confirmed', 'In work'), ('ready', 'Ready'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], db_default='completed', default='completed', max_length=10),
        ),
        migrations.AddField(
            model_name='order',
            name='tells_payments',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='product',
            name='cost',
            field=models.DecimalField(decimal_places=6, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='margin',
            field=models.DecimalField(decimal_places=2, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='sort_key',
            field=models.BinaryField(db_default=b'', default=b''),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='product',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commerce.product'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'completed'), _negated=True), fields=['status', '-happened_at', '-id'], name='commerce_order_status'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('balance__gt', 0), ('balance__lt', 0), _connector='OR'), fields=['-happened_at', '-id'], name='commerce_order_owed'),
        ),
        migrations.AddIndex(
            model_name='orderline',
            index=models.Index(fields=['product', '-order'], name='commerce_orderline_product'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['sort_key', 'id'], name='commerce_product_name'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('cost', None), ('margin', None), _connector='OR'), name='commerce_product_one_of_both'),
        ),
        migrations.AddField(
            model_name='cart',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='commerce.order'),
        ),
        migrations.AddField(
            model_name='cartline',
            name='cart',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.cart'),
        ),
        migrations.AddField(
            model_name='cartline',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='commerce.product'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.order'),
        ),
        migrations.AddField(
            model_name='payment',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.order'),
        ),
        migrations.AddConstraint(
            model_name='settings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='commerce_settings_one_row'),
        ),
        migrations.AddField(
            model_name='statuschange',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='commerce.order'),
        ),
        migrations.AddIndex(
            model_name='cart',
            index=models.Index(fields=['handle', '-updated_at'], name='commerce_cart_person'),
        ),
        migrations.AddIndex(
            model_name='cart',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['updated_at'], name='commerce_cart_open'),
        ),
        migrations.AddConstraint(
            model_name='cart',
            constraint=models.UniqueConstraint(fields=('source', 'number'), name='commerce_cart_once'),
        ),
        migrations.AddConstraint(
            model_name='cartline',
            constraint=models.UniqueConstraint(fields=('cart', 'position'), name='commerce_cartline_once'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['due_at'], name='commerce_delivery_due'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('promised_from', None), ('promised_to', None), ('promised_from__lte', models.F('promised_to')), _connector='OR'), name='commerce_delivery_window'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('counted__gte', 0)), name='commerce_payment_positive'),
        ),
        migrations.RunSQL(VIEWS, FORMER),
        # Numbers of products that are entered by hand.
        migrations.RunSQL("CREATE SEQUENCE commerce_product_number", "DROP SEQUENCE commerce_product_number"),
    ]
