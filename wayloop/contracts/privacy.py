"""Value types of privacy: wishes to contact people, and the answers to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class ContactAsks:
    """Wishes to contact people with one purpose through one channel, as columns of equal length.

    `purpose`, `channel`: values of `privacy.api.Purpose` and `privacy.api.Channel`. `subject_kind` and `subject_ids`
    name what is sent (a survey, a campaign). `keys`: what makes each wish this one, unique for ever; asked for
    again after a yes, it is a yes again. `points`: contact points of identity, None where there is no address.
    `zones`: IANA names of the people's zones, empty texts or nothing: that of the business.
    """

    purpose: str
    channel: str
    subject_kind: str
    subject_ids: Sequence[int]
    keys: Sequence[str]
    handles: Sequence[int]
    points: Sequence[int | None]
    zones: Sequence[str] = field(default=())


@dataclass(frozen=True)
class ContactAnswer:
    """Whether one may be contacted now.

    `reasons`: values of `privacy.api.Reason`, all that stand against it; none means yes. `later`: the instant from
    which on nothing known today stands against it; None where that depends on somebody.
    """

    reasons: tuple[str, ...] = ()
    later: datetime | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the contact may take place, and counts from now on."""
        return not self.reasons


@dataclass(frozen=True)
class ConsentColumns:
    """What people said about being contacted, as columns of equal length.

    `acts`: values of `privacy.api.ConsentAct`. `purposes` and `channels`: empty texts mean all of them (when something
    is withdrawn). `points`: the contact points the words are about. `handles`: who said it, None where nobody is known.
    `said_at`: aware instants. `source`: where it was said (a form, an import, a member). `proofs`: what shows it, such
    as the page, or the file and its row; `text_ids`: the wordings that were read, `languages`: in which language.
    """

    source: str
    acts: Sequence[str]
    purposes: Sequence[str]
    channels: Sequence[str]
    points: Sequence[int]
    handles: Sequence[int | None]
    said_at: Sequence[datetime]
    languages: Sequence[str] = ()
    proofs: Sequence[dict[str, str | int]] = ()
    text_ids: Sequence[int | None] = ()
    member: int | None = None
