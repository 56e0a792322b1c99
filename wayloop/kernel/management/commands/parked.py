"""`wayloop manage parked`: what was given up, and another try for it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wayloop.kernel import jobs
from wayloop.kernel.due import table
from wayloop.kernel.stream import parking, services

MOST = 10_000


class Command(BaseCommand):
    """Lists due work, jobs and events that were given up; with --retry everything begins again."""

    help = "Shows due work, jobs and events that were given up; --retry lets all of them try again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See Django."""
        parser.add_argument("--retry", action="store_true", help="let them try again")

    def handle(self, *args: Any, **options: Any) -> None:
        """See Django."""
        for due in table.parked(limit=MOST):
            self.stdout.write(f"due   {due.name} {due.key}: {due.problem}")
            if options["retry"]:
                table.release_parked(due.number)
        for job in jobs.given_up(limit=MOST):
            why = "its worker ended each time" if job.is_deadly else f"failed {job.attempts} times"
            self.stdout.write(f"job   {job.name} {job.number}: {why}")
            if options["retry"]:
                jobs.do_again(job.number)
        for event in parking.parked_rows(limit=MOST):
            self.stdout.write(f"event {event.row.kind} {event.number} for {event.listener}: {event.error}")
            if options["retry"]:
                self._replay(event.number)

    def _replay(self, number: int) -> None:
        try:
            told = "read" if services.replay_parked(number=number) else "failed again"
        except LookupError as error:
            told = str(error)
        self.stdout.write(f"      {told}")
