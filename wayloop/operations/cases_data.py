"""The data that `bench cases` asks for: so many cases over three years, one in twenty-five still open, with their
history and checklists, and tasks.

Written by set-based SQL past the services. Django must be ready, the database empty of customers.
"""

from typing import Any

from django.db import connection

from wayloop.business import api as business
from wayloop.kernel.localised import Localised
from wayloop.operations.bench_business import begin_business
from wayloop.operations.bench_homes import told
from wayloop.work import api as work

PEOPLE_PER_HUNDRED = 40
OPEN_ONE_IN, TASK_ONE_IN = 25, 10
SESSION = ("SET synchronous_commit = off", "SET statement_timeout = 0", "SET work_mem = '128MB'", "SELECT setseed(0.5)")
PEOPLE = """
INSERT INTO identity_person (handle, person, uuid, ordinal, minted_at)
SELECT n, n, gen_random_uuid(), n - 1, now() FROM generate_series(1, %(people)s) n
"""
CARDS = """
INSERT INTO customers_card (person, uuid, kind, name, is_name_kept, handle_text, sort_key, traits, computed,
    location_ids, first_seen_at, seen_at, search)
SELECT p.handle, p.uuid, 'person', 'Customer ' || p.handle, false, p.handle::text, p.handle::text::bytea, '{}', '{}',
    '{}', now() - interval '3 years', now(), ''
FROM identity_person p
"""
# The newest are open, as in life; of the others one in nine found no solution, one in six was late.
CASES = """
INSERT INTO work_case (uuid, number, about, handle, location_id, source, kind, severity, title, said, playbook_id,
    stage_id, state, stage_since, member_id, opened_at, promised_minutes, hours_as_of, deadline_at, closed_at,
    spent_seconds, waited_seconds, times_reopened, cause_id, "limit", given, cost, currency, is_recovered, version)
SELECT gen_random_uuid(), n, 'bench:' || n, CASE WHEN n %% 10 > 0 THEN 1 + (n::bigint * 7919) %% %(people)s END,
    (%(places)s::bigint[])[1 + floor(power(r, 1.5) * %(place_count)s)::int], 'bench',
    (ARRAY['complaint', 'score', 'other'])[1 + n %% 3], (ARRAY['normal', 'normal', 'high', 'low'])[1 + n %% 4],
    (%(words)s::text[])[1 + n %% 6] || ' ' || (%(words)s::text[])[1 + n / 6 %% 6] || ' ' || n, 'Said ' || n,
    (%(books)s::bigint[])[1 + n %% 2], s.id, s.state, opened_at + interval '1 hour',
    CASE WHEN n %% 5 > 0 THEN %(member)s END, opened_at, 960, opened_at,
    CASE WHEN s.state <> 'waiting' THEN opened_at + interval '2 days' END,
    CASE WHEN n <= %(closed)s THEN closed_at END, CASE WHEN n <= %(closed)s THEN 600 + r * r * 200000 END,
    CASE WHEN n <= %(closed)s THEN n %% 7 * 600 END, 0,
    CASE WHEN n <= %(closed)s AND n %% 6 > 0 THEN (%(causes)s::bigint[])[1 + floor(power(r, 2) * %(cause_count)s)::int]
        END,
    30000, CASE WHEN n %% 8 = 0 THEN 5000 ELSE 0 END, CASE WHEN n %% 8 = 0 THEN 2000 ELSE 0 END, 'UAH',
    CASE WHEN n <= %(closed)s AND n %% 3 = 0 THEN n %% 5 > 0 END, 1
FROM (
    SELECT n, r, opened_at, least(opened_at + interval '1 hour' + r * interval '58 hours', now()) AS closed_at,
        CASE WHEN n > %(closed)s THEN (ARRAY['new', 'working', 'waiting'])[1 + n %% 3]
            WHEN n %% 9 = 0 THEN 'unsolved' ELSE 'solved' END AS state
    FROM (SELECT n, random() AS r, now() - interval '3 years' * (1 - n::float8 / (%(cases)s + 1)) AS opened_at
        FROM generate_series(1, %(cases)s) n) g
) c JOIN (SELECT min(id) AS id, state FROM work_stage GROUP BY state) s USING (state)
"""
ENTRIES = """
INSERT INTO work_caseentry (case_id, kind, at, member_id, from_stage_id, to_stage_id, said, event)
SELECT c.id, 'moved', c.opened_at, c.member_id, NULL::bigint,
    (SELECT min(id) FROM work_stage WHERE state = 'new'), '', '' FROM work_case c
UNION ALL SELECT c.id, 'note', c.opened_at + interval '30 minutes', c.member_id, NULL, NULL, 'Called back', ''
FROM work_case c
UNION ALL SELECT c.id, 'moved', coalesce(c.closed_at, c.stage_since), c.member_id,
    (SELECT min(id) FROM work_stage WHERE state = 'new'), c.stage_id, '', '' FROM work_case c WHERE c.state <> 'new'
"""
STEPS = """
INSERT INTO work_casestep (case_id, position, text, done_at)
SELECT c.id, p, 'Step ' || p, CASE WHEN c.closed_at IS NOT NULL THEN c.closed_at END
FROM work_case c, generate_series(1, 2) p
"""
TASKS = """
INSERT INTO work_task (uuid, title, note, case_id, handle, location_id, member_id, made_at, due_at, done_at, version)
SELECT gen_random_uuid(), 'Call back', '', c.id, c.handle, c.location_id, c.member_id, c.opened_at,
    c.opened_at + interval '1 day', c.closed_at, 1
FROM work_case c WHERE c.id %% %(task_one_in)s = 0
"""
TABLES = (
    "identity_person", "customers_card", "work_case", "work_caseentry", "work_casestep", "work_task",
)  # fmt: skip
WORDS = ("Посилка", "Late", "Черга", "Cold", "Курʼєр", "Broken")


def build(cases: int) -> None:
    """Fills an empty home with a business and so many cases."""
    begin_business(categories=["c0"])
    books = [
        work.add_playbook(details=work.PlaybookDetails(name=Localised.of(name, "en"), deadline_minutes=960)).pk
        for name in ("Delivery", "Bad score")
    ]
    for setting in SESSION:
        _run(setting)
    places = [place.id for place in business.locations()]
    causes = [cause.id for cause in work.causes_in_use()]
    values: dict[str, Any] = {
        "cases": cases,
        "closed": cases - cases // OPEN_ONE_IN,
        "people": max(cases * PEOPLE_PER_HUNDRED // 100, 10),
        "places": places,
        "place_count": len(places),
        "books": books,
        "causes": causes,
        "cause_count": len(causes),
        "words": list(WORDS),
        "member": _first("SELECT min(id) FROM accounts_member"),
        "task_one_in": TASK_ONE_IN,
    }
    for what, statement in (
        ("people", PEOPLE),
        ("cards", CARDS),
        (f"{cases:,} cases", CASES),
        ("their history", ENTRIES),
        ("their checklists", STEPS),
        ("tasks", TASKS),
    ):
        with told("cases", what):
            _run(statement, values)
    with told("cases", "statistics"):
        for table in TABLES:
            _run(f"VACUUM (ANALYZE) {table}")


def _first(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        ((number,),) = cursor.fetchall()
        return int(number)


def _run(statement: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
