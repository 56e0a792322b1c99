"""What was meant when the keyboard stood on another language: ghbdsn is привыт or привіт, Фттф is Anna."""

_ENGLISH = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_UKRAINIAN = "'йцукенгшщзхїфівапролджєячсмитьбю"
_SHIFTED = str.maketrans('~{}:"<>', "`[];',.")
_TURNS = tuple(
    str.maketrans(typed, meant)
    for typed, meant in (
        (_ENGLISH, _RUSSIAN),
        (_ENGLISH, _UKRAINIAN),
        (_RUSSIAN, _ENGLISH),
        (_UKRAINIAN, _ENGLISH),
        (_RUSSIAN, _UKRAINIAN),
        (_UKRAINIAN, _RUSSIAN),
    )
)


def other_layouts(text: str) -> list[str]:
    """What `text` would be on the other keyboards, in small letters; the same text is left out."""
    typed = text.lower().translate(_SHIFTED)
    return [meant for meant in dict.fromkeys(typed.translate(turn) for turn in _TURNS) if meant != typed]
