"""Responses are folded into blocks of sets, from which results are counted; what is not folded yet is counted beside.

A block is always made anew from its responses, in one transaction that holds them, so it never drifts from them.
"""

from django.db import connection, transaction

from wayloop.surveys.models import Survey, TallyBlock
from wayloop.surveys.tally.marks import marks
from wayloop.surveys.tally.packing import WIDTH, gather, pack
from wayloop.surveys.tally.reading import placed

# So few are counted beside the blocks in no time.
LEFT_BESIDE = 100
WAITING = """
SELECT survey_id FROM surveys_response WHERE NOT is_folded AND scored_at IS NOT NULL
GROUP BY survey_id HAVING count(*) >= %s ORDER BY survey_id LIMIT 1
"""
# Those that change are rare, and folding them costs a whole block: their places come before new ones.
NEXT_BLOCK = """
SELECT coalesce(min(place), (SELECT coalesce(max(place) + 1, 0) FROM surveys_response WHERE survey_id = %(survey)s))
FROM surveys_response WHERE survey_id = %(survey)s AND NOT is_folded AND scored_at IS NOT NULL AND place IS NOT NULL
"""
FOLD_CHANGED = """
UPDATE surveys_response SET is_folded = true
WHERE survey_id = %(survey)s AND NOT is_folded AND scored_at IS NOT NULL AND place >= %(first)s AND place < %(end)s
"""
FOLD_NEW = """
UPDATE surveys_response r SET is_folded = true, place = n.place FROM (
    SELECT id, %(free)s - 1 + row_number() OVER (ORDER BY id) AS place FROM (
        SELECT id FROM surveys_response
        WHERE survey_id = %(survey)s AND NOT is_folded AND scored_at IS NOT NULL AND place IS NULL
        ORDER BY id LIMIT %(end)s - %(free)s FOR UPDATE SKIP LOCKED) waiting) n
WHERE r.id = n.id
"""
FREE = "SELECT coalesce(max(place) + 1, 0) FROM surveys_response WHERE survey_id = %(survey)s"


def fold_all(*, left_beside: int = LEFT_BESIDE) -> int:
    """Folds until fewer than `left_beside` responses of each survey are left; answers how many blocks it made."""
    count = 0
    while fold_some(left_beside=left_beside):
        count += 1
    return count


@transaction.atomic
def fold_some(*, left_beside: int = LEFT_BESIDE) -> bool:
    """One step: makes one block of a survey anew; answers whether there was anything to do."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [max(left_beside, 1)])
        found = cursor.fetchone()
        if found is None:
            return False
        values = {"survey": found[0]}
        # One at a time for each survey: places are given out here only.
        Survey.objects.select_for_update().get(pk=found[0])
        cursor.execute(NEXT_BLOCK, values)
        number = int((cursor.fetchone() or (0,))[0]) // WIDTH
        cursor.execute(FREE, values)
        free = int((cursor.fetchone() or (0,))[0])
        borders = {"first": number * WIDTH, "end": (number + 1) * WIDTH}
        cursor.execute(FOLD_CHANGED, values | borders)
        changed = cursor.rowcount
        if free < borders["end"]:
            cursor.execute(FOLD_NEW, values | borders | {"free": free})
            changed += cursor.rowcount
    if not changed:
        # What is left is being answered just now.
        return False
    rows = placed(found[0], borders["first"], borders["end"])
    names, bits = pack(gather(((row.place or 0) - borders["first"], marks(row.whole)) for row in rows))
    block, is_new = TallyBlock.objects.select_for_update().get_or_create(
        survey_id=found[0], number=number, defaults={"names": names, "bits": bits}
    )
    if not is_new:
        block.names, block.bits, block.gone, block.revision = names, bits, [], block.revision + 1
        block.save()
    return True
