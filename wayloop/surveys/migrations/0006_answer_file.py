"""The file of an answer is pointed to by a protecting key: who forgets the same content elsewhere leaves it here."""

import django.db.models.deletion
from django.db import migrations, models

# Content that is gone already cannot be pointed to.
LOST = """
UPDATE surveys_answer a SET file_id = NULL
WHERE file_id IS NOT NULL AND NOT EXISTS (SELECT FROM kernel_storedfile f WHERE f.id = a.file_id)
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_case_rules"), ("kernel", "0008_outgoing")]

    operations = [
        migrations.RunSQL(LOST, migrations.RunSQL.noop),
        migrations.RenameField("answer", "file_id", "file"),
        migrations.AlterField(
            "answer",
            "file",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.storedfile",
            ),
        ),
        migrations.AddIndex(
            "answer",
            models.Index(
                condition=models.Q(("file__isnull", False)), fields=["file"], name="surveys_answer_file"
            ),
        ),
    ]
