"""`wayloop manage parked`: what was given up, and another try for it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from wayloop.kernel import jobs
from wayloop.kernel.due import table
from wayloop.kernel.models import Due


class Command(BaseCommand):
    """Lists parked due work and parked jobs; with --retry everything begins again."""

    help = "Shows due work and jobs that were given up; --retry lets all of them try again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See Django."""
        parser.add_argument("--retry", action="store_true", help="let them try again")

    def handle(self, *args: Any, **options: Any) -> None:
        """See Django."""
        for name, key, problem in Due.objects.exclude(parked_at=None).values_list("name", "key", "problem"):
            self.stdout.write(f"due  {name} {key}: {problem}")
            if options["retry"]:
                table.release_parked(name, key)
        for job_id, name in jobs.parked():
            self.stdout.write(f"job  {name} {job_id}: its worker ended {jobs.STRIKES} times")
            if options["retry"]:
                with transaction.atomic():
                    jobs.release_parked(job_id)
