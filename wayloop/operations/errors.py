"""What can go wrong around the program and a person can mend."""


class OperationError(Exception):
    """The command cannot go on; the text is one line that says what to do. The command line exits with 2."""


def first_line(error: Exception) -> str:
    """What an error says in its first line; of one that says nothing, what it is."""
    return (str(error).strip().splitlines() or [repr(error)])[0]
