"""What people say about being contacted: written down with its proof, in force at once."""

from collections import defaultdict
from datetime import UTC

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.privacy import ConsentColumns
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.ledger import api as ledger
from wayloop.privacy.enums import CONSENT_GIVEN, CONSENT_WITHDRAWN, Channel, ConsentAct, Purpose, Suppression
from wayloop.privacy.models import ConsentText, Suppressed
from wayloop.privacy.rules.texts import digest_of

STAGED = (
    "place int, point bigint, purpose text, channel text, act text, handle bigint, text_id bigint, language text, "
    "proof jsonb, said_at timestamptz"
)
SUBJECT = "consent"
# A word said before the one that stands changes nothing that stands; it is kept all the same.
ADD = """
WITH added AS (
    INSERT INTO privacy_consent (point, purpose, channel, act, handle, text_id, language, source, proof, member,
        said_at, recorded_at)
    SELECT point, purpose, channel, act, handle, text_id, language, %(source)s, proof, %(member)s, said_at, %(now)s
    FROM privacy_said ORDER BY place
    RETURNING id, point, purpose, channel, act, said_at
), newest AS (
    SELECT DISTINCT ON (point, purpose, channel) * FROM added ORDER BY point, purpose, channel, said_at DESC, id DESC
), stood AS (
    INSERT INTO privacy_standing (point, purpose, channel, act, said_at, consent_id)
    SELECT point, purpose, channel, act, said_at, id FROM newest ORDER BY point, purpose, channel
    ON CONFLICT (point, purpose, channel) DO UPDATE
        SET act = excluded.act, said_at = excluded.said_at, consent_id = excluded.consent_id
        WHERE (privacy_standing.said_at, privacy_standing.consent_id) < (excluded.said_at, excluded.consent_id)
)
SELECT id FROM added ORDER BY id
"""


@transaction.atomic
def record_consents(*, columns: ConsentColumns, is_news: bool = True) -> list[int]:
    """Writes down what was said, in the order given; answers the numbers of the rows.

    Of several words about one purpose and channel the one said last counts. Raises `ValueError` for an act, purpose or
    channel that does not exist, for an agreement to everything at once, and for columns of unequal length.

    Effects: rows of the consent ledger, what stands today, an event in the timeline of each person who is known.
    """
    rows = _rows(columns)
    stage_rows("privacy_said", STAGED, ((place, *row[:7], Jsonb(row[7]), row[8]) for place, row in enumerate(rows)))
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"source": columns.source, "member": columns.member, "now": clock.now()})
        numbers = [number for (number,) in cursor.fetchall()]
    _tell(columns, rows, numbers, is_news=is_news)
    return numbers


@transaction.atomic
def suppress_points(*, points: list[int], reason: Suppression) -> None:
    """These addresses are not written to any more. A complaint outweighs a bounce, a member's word both."""
    weight = list(Suppression)
    known = dict(Suppressed.objects.filter(point__in=points).values_list("point", "reason"))
    wanted = [
        point
        for point in dict.fromkeys(points)
        if weight.index(reason) >= weight.index(Suppression(known.get(point, weight[0])))
    ]
    Suppressed.objects.bulk_create(
        [Suppressed(point=point, reason=reason, since=clock.now()) for point in wanted],
        update_conflicts=True,
        unique_fields=["point"],
        update_fields=["reason", "since"],
    )


@transaction.atomic
def unsuppress_points(*, points: list[int], reason: Suppression) -> int:
    """Lets these addresses be written to again where nothing but `reason` stood against it."""
    deleted, _by_model = Suppressed.objects.filter(point__in=points, reason=reason).delete()
    return deleted


@transaction.atomic
def write_text(*, purpose: Purpose, language: str, body: str, member: int | None = None) -> ConsentText:
    """The wording from now on; the same words again are the version they were."""
    last = ConsentText.objects.filter(purpose=purpose, language=language).order_by("-version").first()
    if last is not None and last.body == body:
        return last
    return ConsentText.objects.create(
        purpose=purpose,
        language=language,
        version=last.version + 1 if last else 1,
        body=body,
        digest=digest_of(body),
        made_by=member,
    )


Row = tuple[int, str, str, str, int | None, int | None, str, dict[str, str | int], object]


def _rows(columns: ConsentColumns) -> list[Row]:
    count = len(columns.points)
    found: list[Row] = []
    rows = zip(
        columns.acts,
        columns.purposes,
        columns.channels,
        columns.points,
        columns.handles,
        columns.said_at,
        columns.languages or [""] * count,
        columns.proofs or [{}] * count,
        columns.text_ids or [None] * count,
        strict=True,
    )
    for act, purpose, channel, point, handle, said_at, language, proof, text in rows:
        if purpose not in ("", *Purpose.values) or channel not in ("", *Channel.values):
            raise ValueError(f"{purpose} by {channel} is nothing one can agree to")
        if ConsentAct(act) != ConsentAct.WITHDRAWN and not (purpose and channel):
            raise ValueError("nobody agrees to everything: name the purpose and the channel")
        if said_at.tzinfo is None:
            raise ValueError("a time without a zone")
        found.append((point, purpose, channel, act, handle, text, language, dict(proof), said_at.astimezone(UTC)))
    return found


def _tell(columns: ConsentColumns, rows: list[Row], numbers: list[int], *, is_news: bool) -> None:
    told: dict[tuple[str, str], list[int]] = defaultdict(list)
    kinds = {ConsentAct.GIVEN.value: CONSENT_GIVEN, ConsentAct.WITHDRAWN.value: CONSENT_WITHDRAWN}
    for place, row in enumerate(rows):
        if row[4] is not None and row[3] in kinds:
            told[kinds[row[3]], row[2]].append(place)
    for (kind, channel), places in told.items():
        ledger.record_events(
            columns=EventColumns(
                kind=kind,
                source="privacy",
                is_news=is_news,
                message_ids=[f"consent {numbers[place]}" for place in places],
                handles=[rows[place][4] or 0 for place in places],
                occurred_at=[columns.said_at[place].astimezone(UTC) for place in places],
                offset_minutes=[clock.offset_minutes(columns.said_at[place]) for place in places],
                subject_kind=SUBJECT,
                subject_ids=[numbers[place] for place in places],
                channel=channel,
                properties=[{"purpose": rows[place][1] or "all"} for place in places],
            )
        )
