from django.db import migrations, models

# Home asks on every visit whether anything was given up; among millions of rows that must cost nothing.
FAILED = "CREATE INDEX kernel_job_failed ON procrastinate_jobs (id) WHERE status = 'failed'"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_limits"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("parked_at__isnull", False)), fields=["parked_at"], name="kernel_due_parked"
            ),
        ),
        migrations.RunSQL(FAILED, "DROP INDEX kernel_job_failed"),
    ]
