"""An import is of several files and brings several tables; mappings can be saved; what came in can be taken back."""

import django.db.models.deletion
from django.db import migrations, models

STATES = [('queued', 'Waiting'), ('reading', 'Reading the file'), ('writing', 'Bringing in'), ('stopping', 'Stopping'), ('stopped', 'Stopped'), ('done', 'Done'), ('failed', 'Not possible'), ('undoing', 'Taking back'), ('undone', 'Taken back')]
# What there was had one file and one table: the only mapping then was that of order lines.
FILES = """
INSERT INTO imports_importfile (run_id, position, file_id, name) SELECT id, 0, file_id, file_name FROM imports_import
"""
TABLES = """
INSERT INTO imports_importtable (run_id, position, entity, cursor, rows_total, rows_done, rows_refused, counts, told)
SELECT id, 0, 'order_lines', cursor, rows_total, rows_done, rows_refused, counts, '{}'::jsonb FROM imports_import
"""


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_initial'),
        ('kernel', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('content', models.JSONField()),
                ('created_by', models.CharField(blank=True, max_length=120)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=255)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.storedfile')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imports.import')),
            ],
        ),
        migrations.CreateModel(
            name='ImportTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('entity', models.CharField(max_length=60)),
                ('cursor', models.PositiveIntegerField(default=0)),
                ('rows_total', models.PositiveIntegerField(default=0)),
                ('rows_done', models.PositiveIntegerField(default=0)),
                ('rows_refused', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('told', models.JSONField(default=dict)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imports.import')),
            ],
        ),
        migrations.AddConstraint(
            model_name='importfile',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='imports_importfile_once'),
        ),
        migrations.AddConstraint(
            model_name='importtable',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='imports_importtable_once'),
        ),
        migrations.RunSQL(FILES, migrations.RunSQL.noop),
        migrations.RunSQL(TABLES, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name='refusedrow', name='imports_refusedrow_once'),
        migrations.AddField(
            model_name='refusedrow',
            name='table',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imports.importtable'),
        ),
        migrations.RunSQL(
            "UPDATE imports_refusedrow r SET table_id = t.id FROM imports_importtable t WHERE t.run_id = r.run_id",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='refusedrow',
            name='table',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imports.importtable'),
        ),
        migrations.RemoveField(model_name='refusedrow', name='run'),
        migrations.AddConstraint(
            model_name='refusedrow',
            constraint=models.UniqueConstraint(fields=('table', 'row'), name='imports_refusedrow_one'),
        ),
        migrations.RemoveField(model_name='import', name='file'),
        migrations.RemoveField(model_name='import', name='cursor'),
        migrations.RemoveField(model_name='import', name='counts'),
        migrations.AddField(model_name='import', name='content', field=models.JSONField(default=dict)),
        migrations.AddField(model_name='import', name='is_trial', field=models.BooleanField(default=False)),
        migrations.AddField(model_name='import', name='rows_undone', field=models.PositiveBigIntegerField(default=0)),
        migrations.AddField(model_name='import', name='undone_at', field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name='import',
            name='state',
            field=models.CharField(choices=STATES, default='queued', max_length=10),
        ),
    ]
