"""`wayloop manage rotate_keys`: a new key for the secrets in the database, and the end of a former one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wayloop.kernel import secrets


class Command(BaseCommand):
    """Seals all secrets anew; with --drop a former key is removed."""

    help = "Makes a new sealing key and seals all secrets with it; --drop N removes a former key afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See Django."""
        parser.add_argument("--drop", type=int, metavar="N", help="remove the key with this number instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """See Django."""
        if options["drop"] is None:
            number = secrets.rotate()
            former = ", ".join(str(one) for one in secrets.key_numbers() if one != number) or "none"
            self.stdout.write(f"all secrets are sealed with key {number}; former keys: {former}")
            return
        try:
            secrets.drop_key(options["drop"])
        except secrets.KeyInUse as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"key {options['drop']} is gone")
