"""What is refused, and the limits. Pure."""

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME, LONGEST_QUOTE, LONGEST_REWARD = 120, 2000, 80, 1000, 200
MOST_AT_ONCE = 5_000


class VoiceRefused(ValueError):
    """What was asked cannot be done; the text says in one line what to do."""
