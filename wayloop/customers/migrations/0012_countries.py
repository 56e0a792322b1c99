from django.db import migrations

TOWN = "SELECT person, nullif(traits ->> 'town', '') AS town"
VIEW = f"""
CREATE OR REPLACE VIEW api_customers_towns AS {TOWN}, nullif(traits ->> 'country', '') AS country FROM customers_card
"""
BACK = f"DROP VIEW api_customers_towns; CREATE VIEW api_customers_towns AS {TOWN} FROM customers_card"


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_towns")]
    operations = [migrations.RunSQL(VIEW, BACK)]
