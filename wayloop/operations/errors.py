"""What can go wrong around the program and a person can mend."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for the catalogues. Django's own asks for settings, which a bare machine does not have."""
    return text


class OperationError(Exception):
    """The command cannot go on; the text is one line that says what to do. The command line exits with 2.

    Where a page shows it too, the sentence is marked and has places like `%(path)s`, which `values` fill: it is kept
    like that and said in the language of whoever looks. A value may be a marked text itself.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = {name: str(value) for name, value in values.items()}
        super().__init__(sentence % self.values if values else sentence)


def first_line(error: Exception) -> str:
    """What an error says in its first line; of one that says nothing, what it is."""
    return (str(error).strip().splitlines() or [repr(error)])[0]
