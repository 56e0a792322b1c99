"""The wordings of consents, as members read and change them."""

from dataclasses import dataclass
from datetime import datetime

from wayloop.privacy.enums import Purpose
from wayloop.privacy.models import ConsentText
from wayloop.privacy.queries.standing import CHOOSABLE
from wayloop.privacy.rules.texts import TEXTS


@dataclass(frozen=True)
class Wording:
    """What somebody reads who agrees to a purpose, in one language. `version` 0: as shipped."""

    purpose: Purpose
    language: str
    body: str
    version: int
    since: datetime | None


def wordings(languages: tuple[str, ...]) -> list[Wording]:
    """The wording of each purpose that can be agreed to, in each of these languages. One read."""
    newest: dict[tuple[str, str], ConsentText] = {}
    for row in ConsentText.objects.filter(language__in=languages).order_by("version"):
        newest[row.purpose, row.language] = row
    return [_wording(one, language, newest.get((one, language))) for one in CHOOSABLE for language in languages]


def _wording(purpose: Purpose, language: str, row: ConsentText | None) -> Wording:
    if row is None:
        body = TEXTS.get((purpose, language), TEXTS[purpose, "en"])
        return Wording(purpose, language, body, 0, None)
    return Wording(purpose, language, row.body, row.version, row.made_at)
