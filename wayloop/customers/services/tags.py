"""Tags: the words themselves, and who has them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wayloop.customers.models import Tag
from wayloop.customers.queries.tags import COLOURS, groups_of, roots_of_tags
from wayloop.customers.rules.words import fitting, fold
from wayloop.kernel import clock

LONGEST_NAME = 60
MOST_TAGS = 500
ADD = """
INSERT INTO customers_tagging (tag_id, person, handle, added_at, added_by)
SELECT %(tag)s, c.person, c.person, %(now)s, %(member)s FROM customers_card c
WHERE c.person = ANY (%(people)s) AND NOT EXISTS (
    SELECT FROM customers_tagging t WHERE t.person = c.person AND t.tag_id = ANY (%(group)s)
) ORDER BY c.person ON CONFLICT DO NOTHING RETURNING person
"""
# What a member does is no import's any more.
OWN = """
UPDATE customers_tagging SET is_imported = false
WHERE tag_id = ANY (%(group)s) AND person = ANY (%(people)s) AND is_imported
"""
REMOVE = """
DELETE FROM customers_tagging WHERE tag_id = ANY (%(group)s) AND person = ANY (%(people)s)
RETURNING tag_id, handle, added_at, added_by
"""


class TagRefused(ValueError):
    """Why the tag cannot be so; one line for people."""


@transaction.atomic
def create_tag(*, name: str, colour: int = 0) -> int:
    """Makes a tag; answers its id. Raises `TagRefused` for a name that is empty, too long or taken."""
    if Tag.objects.filter(archived_at=None, merged_into=None).count() >= MOST_TAGS:
        raise TagRefused(_("There are %(most)s tags already. Merge or archive some first.") % {"most": MOST_TAGS})
    name, folded = _read_name(name)
    return _write(Tag(name=name, folded=folded, colour=colour % COLOURS, created_at=clock.now()))


@transaction.atomic
def tag_named(*, name: str) -> int:
    """The tag of this name, made when there is none in use; answers its id. Raises `TagRefused`."""
    found = Tag.objects.filter(folded=fold(name), archived_at=None, merged_into=None).values_list("pk", flat=True)
    return found[0] if found else create_tag(name=name)


@transaction.atomic
def change_tag(*, tag_id: int, name: str, colour: int) -> None:
    """Gives it another name or colour. Raises `TagRefused`."""
    tag = _open_tag(tag_id)
    tag.name, tag.folded = _read_name(name)
    tag.colour = colour % COLOURS
    tag.is_imported = False
    _write(tag)


@transaction.atomic
def archive_tag(*, tag_id: int) -> None:
    """Takes it out of use; customers keep it unseen. Raises `TagRefused`."""
    tag = _open_tag(tag_id)
    tag.archived_at = clock.now()
    tag.save(update_fields=["archived_at"])


@transaction.atomic
def restore_tag(*, tag_id: int) -> None:
    """Puts it back into use. Raises `TagRefused` when another one has the name by now."""
    tag = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if tag is None:
        raise TagRefused(_("This tag is gone. Load the page again."))
    tag.archived_at = None
    _write(tag)


@transaction.atomic
def merge_tags(*, tag_id: int, into: int) -> None:
    """Lets one tag count as another; `unmerge_tag` takes it back without a trace. Raises `TagRefused`."""
    tag, target = _open_tag(tag_id), _open_tag(into)
    if roots_of_tags()[target.pk] == tag.pk:
        raise TagRefused(_("Choose another tag to merge into."))
    tag.merged_into = target
    tag.save(update_fields=["merged_into"])


@transaction.atomic
def unmerge_tag(*, tag_id: int) -> None:
    """Lets a merged tag stand for itself again. Raises `TagRefused` when another one has the name by now."""
    tag = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if tag is None:
        raise TagRefused(_("This tag is gone. Load the page again."))
    tag.merged_into = None
    _write(tag)


@transaction.atomic
def add_tag(*, tag_id: int, people: Sequence[int], member: int | None, moment: datetime | None = None) -> list[int]:
    """Puts the tag on these people; answers those who did not have it. Raises `TagRefused` for a tag out of use.

    The caller has made sure that the member may change these people. `moment`: when it was asked for; None is now.
    """
    tag = _open_tag(tag_id, lock=False)
    (group,) = groups_of([tag.pk])
    with connection.cursor() as cursor:
        cursor.execute(OWN, {"group": group, "people": list(people)})
        cursor.execute(
            ADD, {"tag": tag.pk, "group": group, "people": list(people), "now": moment or clock.now(), "member": member}
        )
        return [person for (person,) in cursor.fetchall()]


@transaction.atomic
def remove_tag(*, tag_id: int, people: Sequence[int]) -> list[tuple[int, int, str, int | None]]:
    """Takes the tag, and what counts as it, from these people.

    Answers what was there: tag, handle, when it was added as ISO text, by which member.
    """
    (group,) = groups_of([tag_id])
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, {"group": group, "people": list(people)})
        return [(tag, handle, added.isoformat(), member) for tag, handle, added, member in cursor.fetchall()]


def _open_tag(tag_id: int, *, lock: bool = True) -> Tag:
    rows = Tag.objects.select_for_update() if lock else Tag.objects.all()
    tag = rows.filter(pk=tag_id, archived_at=None, merged_into=None).first()
    if tag is None:
        raise TagRefused(_("This tag is not in use any more. Load the page again."))
    return tag


def _read_name(name: str) -> tuple[str, str]:
    name = " ".join(fitting(name, LONGEST_NAME + 1).split())
    if not name:
        raise TagRefused(_("Give the tag a name."))
    if len(name) > LONGEST_NAME:
        raise TagRefused(_("A tag has at most %(most)s letters.") % {"most": LONGEST_NAME})
    # Folding may lengthen a name, never to more than the column holds of it.
    return name, fold(name)[:LONGEST_NAME]


def _write(tag: Tag) -> int:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:
        raise TagRefused(_("There is a tag “%(name)s” already.") % {"name": tag.name}) from None
    return int(tag.pk)
