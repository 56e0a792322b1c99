"""The words somebody agrees to, as shipped: one text for each purpose that may need a consent, in three languages.

`{business}` is the name of the business. Each business may change them; another wording is another version.
"""

import hashlib

from wayloop.privacy.enums import Purpose

TEXTS: dict[tuple[Purpose, str], str] = {
    (
        Purpose.MARKETING,
        "en",
    ): "Yes, {business} may write to me about news and offers. I can change my mind at any time.",
    (Purpose.MARKETING, "ru"): (
        "Да, {business} может писать мне о новостях и предложениях. Я могу передумать в любой момент."
    ),
    (Purpose.MARKETING, "uk"): (
        "Так, {business} може писати мені про новини та пропозиції. Я можу передумати будь-коли."
    ),
    (Purpose.REVIEW, "en"): "Yes, {business} may ask me for a public review. I can change my mind at any time.",
    (Purpose.REVIEW, "ru"): "Да, {business} может просить меня об отзыве. Я могу передумать в любой момент.",
    (Purpose.REVIEW, "uk"): "Так, {business} може просити мене про відгук. Я можу передумати будь-коли.",
    (Purpose.SURVEY, "en"): "Yes, {business} may ask me how it was. I can change my mind at any time.",
    (
        Purpose.SURVEY,
        "ru",
    ): "Да, {business} может спрашивать меня, всё ли было хорошо. Я могу передумать в любой момент.",
    (Purpose.SURVEY, "uk"): "Так, {business} може питати мене, чи все було добре. Я можу передумати будь-коли.",
    (Purpose.REMINDER, "en"): "Yes, {business} may remind me. I can change my mind at any time.",
    (Purpose.REMINDER, "ru"): "Да, {business} может мне напоминать. Я могу передумать в любой момент.",
    (Purpose.REMINDER, "uk"): "Так, {business} може мені нагадувати. Я можу передумати будь-коли.",
    (Purpose.FEEDBACK, "en"): (
        "Yes, {business} may tell me what became of what I said. I can change my mind at any time."
    ),
    (Purpose.FEEDBACK, "ru"): (
        "Да, {business} может рассказывать мне, что изменилось после моих слов. Я могу передумать в любой момент."
    ),
    (Purpose.FEEDBACK, "uk"): (
        "Так, {business} може розповідати мені, що змінилося після моїх слів. Я можу передумати будь-коли."
    ),
    (Purpose.TESTIMONIAL, "en"): (
        "Yes, {business} may show these words of mine to others, with the name I wrote here. "
        "I can take that back at any time."
    ),
    (Purpose.TESTIMONIAL, "ru"): (
        "Да, {business} может показывать эти мои слова другим с именем, которое я здесь указал(а). "
        "Я могу отозвать согласие в любой момент."
    ),
    (Purpose.TESTIMONIAL, "uk"): (
        "Так, {business} може показувати ці мої слова іншим з імʼям, яке я тут вказую. "
        "Я можу відкликати згоду будь-коли."
    ),
}


def digest_of(body: str) -> str:
    """SHA-256 of a wording, in hex: what a proof names."""
    return hashlib.sha256(body.encode()).hexdigest()
