"""`python -m wayloop` is the same as `wayloop`."""

from wayloop.config.cli import main

main()
