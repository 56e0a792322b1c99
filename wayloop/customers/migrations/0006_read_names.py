from django.db import migrations

from wayloop.customers.services.words import rebuild_search


class Migration(migrations.Migration):
    """Names that are there already go into the dictionary. In batches of their own: a home may have millions."""

    atomic = False
    dependencies = [("customers", "0005_words")]
    operations = [migrations.RunPython(lambda apps, schema_editor: rebuild_search(), migrations.RunPython.noop)]
