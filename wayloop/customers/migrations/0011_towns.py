from django.db import migrations

VIEW = "CREATE VIEW api_customers_towns AS SELECT person, nullif(traits ->> 'town', '') AS town FROM customers_card"


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_traits_of_files")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW api_customers_towns")]
