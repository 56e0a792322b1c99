from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_sending")]
    operations = [
        # Unlogged: counting costs no disk, and after a crash everybody begins anew.
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE kernel_limit (key uuid PRIMARY KEY, used_until timestamptz NOT NULL)",
            "DROP TABLE kernel_limit",
        ),
    ]
