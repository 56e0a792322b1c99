from django.db import migrations

# What nearly every file of customers tells. A tick in a file is no proof of a consent: it is kept as what was told.
TRAITS = (("address", "text", 45), ("email_consent", "yes_no", 395), ("message_consent", "yes_no", 396))


def ship(apps, schema_editor):
    definition = apps.get_model("customers", "TraitDefinition")
    for key, kind, position in TRAITS:
        group = "who" if key == "address" else "bond"
        definition.objects.create(
            key=key, group=group, type=kind, about="all", options=[], sight="staff", is_shipped=True, position=position
        )


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_batches")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
