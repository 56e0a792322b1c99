"""What is known of customers, so that numbers can be cut by it."""

from django.db import migrations

VIEW = "CREATE VIEW api_customers_traits AS SELECT person, traits, computed FROM customers_card"


class Migration(migrations.Migration):
    dependencies = [("customers", "0012_countries")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW api_customers_traits")]
