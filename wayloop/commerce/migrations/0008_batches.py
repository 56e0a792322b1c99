
from django.db import migrations, models

VIEWS = """
CREATE VIEW api_commerce_deliveries AS
    SELECT d.id, d.order_id, p.person, o.location_id, o.channel,
        CASE WHEN d.zone = '' THEN (d.due_at AT TIME ZONE 'UTC' + o.offset_minutes * interval '1 minute')::date
            ELSE (d.due_at AT TIME ZONE d.zone)::date END AS promised_day,
        CASE WHEN d.status <> 'done' THEN NULL
            WHEN d.zone = '' THEN (d.ended_at AT TIME ZONE 'UTC' + o.offset_minutes * interval '1 minute')::date
            ELSE (d.ended_at AT TIME ZONE d.zone)::date END AS done_day,
        d.due_at AS promised_at, CASE WHEN d.status = 'done' THEN d.ended_at END AS done_at, o.status AS order_status
    FROM commerce_delivery d JOIN commerce_order o ON o.id = d.order_id
    LEFT JOIN api_identity_people p ON p.handle = o.handle;
CREATE VIEW api_commerce_order_lines AS SELECT id, order_id, product_id, quantity, amount FROM commerce_orderline;
CREATE VIEW api_commerce_return_lines AS
    SELECT id, back_id AS return_id, product_id, quantity, amount FROM commerce_returnline;
CREATE VIEW api_commerce_products AS SELECT id, uuid, code, name, category FROM commerce_product;
"""
NO_VIEWS = """
DROP VIEW api_commerce_deliveries;
DROP VIEW api_commerce_order_lines;
DROP VIEW api_commerce_return_lines;
DROP VIEW api_commerce_products;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0007_product_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreement',
            name='batch',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='delivery',
            name='batch',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='delivery',
            name='zone',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='payment',
            name='batch',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='product',
            name='batch',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_agreement_batch'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_delivery_batch'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_order_batch'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_payment_batch'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_product_batch'),
        ),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(condition=models.Q(('batch', ''), _negated=True), fields=['batch'], name='commerce_return_batch'),
        ),
        migrations.RunSQL(VIEWS, NO_VIEWS),
    ]
