"""`wayloop manage rebuild_search`: reads all names anew, so that customers are found by the rules of this version."""

from typing import Any

from django.core.management.base import BaseCommand

from wayloop.customers.services.words import rebuild_search


class Command(BaseCommand):
    """Needed when search finds too little after something went wrong; harmless at any time."""

    help = "Reads the names of all customers anew for search. Harmless at any time; two million take some minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """See Django."""
        self.stdout.write(f"{rebuild_search()} customers can be found")
