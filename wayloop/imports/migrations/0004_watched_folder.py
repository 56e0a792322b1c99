"""An import of the watched folder knows the file it was made of, so that each comes in once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_files_somebody_looks_at")]

    operations = [
        migrations.AddField(model_name="import", name="taken_as", field=models.CharField(blank=True, max_length=300)),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(
                fields=["taken_as"], condition=~models.Q(taken_as=""), name="imports_import_taken_once"
            ),
        ),
    ]
