"""What can go wrong around the program and a person can mend."""


class OperationError(Exception):
    """The command cannot go on; the text is one line that says what to do. The command line exits with 2."""
