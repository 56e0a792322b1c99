"""The data that `bench results` counts: one survey of seven questions with so many answers, over two years, and the
orders whose numbers the scorecard tells.

Written by set-based SQL past the services; the sets are then folded as the worker folds them. Django must be ready, the
database empty of customers.
"""

from typing import Any

from django.db import connection

from wayloop.business import api as business
from wayloop.kernel.localised import Localised
from wayloop.operations.bench_homes import told
from wayloop.operations.metrics_data import build as build_orders
from wayloop.surveys import api as surveys


def _option(key: str) -> dict[str, Any]:
    return {"key": key, "label": {"source": "en", "texts": {"en": key}}}


QUESTIONS = 7
PER_ORDER = 50
GOALS = 40
SESSION = (
    "SET synchronous_commit = off",
    "SET statement_timeout = 0",
    "SET work_mem = '128MB'",
    "SELECT setseed(0.25)",
)
# Half of them were invited, one in five by the same person as another, one in eight went away on the way.
RESPONSES = """
INSERT INTO surveys_response (uuid, survey_id, version, token, handle, order_number, location_id, channel, language,
    asked, started_at, touched_at, completed_at, ending, flags, offset_minutes, scored_at, is_folded)
SELECT gen_random_uuid(), %(survey)s, 1, gen_random_uuid(), CASE WHEN n %% 2 = 0 THEN 1 + (n * 7919) %% %(people)s END,
    '', (%(places)s::bigint[])[1 + n %% %(place_count)s], (ARRAY['qr', 'invitation', 'site'])[1 + n %% 3],
    (ARRAY['uk', 'ru', 'en'])[1 + (n / 3) %% 3],
    CASE WHEN n %% 8 = 0 THEN '["q1", "q2", "q3"]' ELSE '["q1", "q2", "q3", "q4", "q5", "q6", "q7"]' END::jsonb,
    at, at + interval '70 seconds', CASE WHEN n %% 8 > 0 THEN at + interval '70 seconds' END,
    CASE WHEN n %% 8 > 0 THEN 'thanks' ELSE '' END, '[]', 120, at + interval '70 seconds', false
FROM (SELECT n, now() - interval '2 years' * (1 - n::float8 / (%(responses)s + 1)) - interval '2 days' AS at
    FROM generate_series(1, %(responses)s) n) r
"""
ANSWERS = """
INSERT INTO surveys_answer (response_id, question, part, type, number, choice, text, scale_low, scale_high,
    lower_is_better, is_empty, sent, answered_at)
SELECT r.id, q.key, '', q.type,
    CASE WHEN q.high IS NOT NULL THEN q.low + floor(power(random(), 0.6) * (q.high - q.low + 1))
        WHEN q.type = 'number' THEN floor(random() * 400) / 10 END,
    CASE WHEN q.type = 'single' THEN 'o' || 1 + floor(power(random(), 1.5) * 4)
        WHEN q.type = 'emotion' THEN (ARRAY['glad', 'calm', 'angry'])[1 + floor(random() * 3)::int] ELSE '' END,
    CASE WHEN q.type = 'text' AND r.id %% 4 = 0 THEN 'Words of ' || r.id ELSE '' END, q.low, q.high, false,
    q.type = 'text' AND r.id %% 4 > 0, 0, r.started_at + q.place * (4 + random() * 8) * interval '1 second'
FROM surveys_response r JOIN (VALUES ('q1', 'nps', 0, 10, 0), ('q2', 'single', NULL, NULL, 1),
    ('q3', 'csat', 1, 5, 2), ('q4', 'ces', 1, 7, 3), ('q5', 'emotion', NULL, NULL, 4), ('q6', 'number', NULL, NULL, 5),
    ('q7', 'text', NULL, NULL, 6)) q (key, type, low, high, place) ON r.asked ? q.key
WHERE r.survey_id = %(survey)s
"""
INVITATIONS = """
INSERT INTO surveys_invitation (uuid, survey_id, order_number, location_id, channel, first_name, language, reason,
    chosen, created_at, expires_at)
SELECT gen_random_uuid(), %(survey)s, '', location_id, 'invitation', '', language, '', '',
    started_at - interval '1 hour', started_at + interval '30 days'
FROM surveys_response WHERE survey_id = %(survey)s AND channel = 'invitation'
"""
LIST = """
INSERT INTO customers_savedview (owner_id, name, is_shared, is_pinned, condition, sort, columns, position, created_at)
SELECT min(id), 'Poltava', true, true,
    '{"all": [{"field": "town", "operator": "is", "values": ["Полтава"]}]}'::jsonb, '', '[]'::jsonb, 1, now()
FROM accounts_member
"""
ABOUT = """
INSERT INTO metrics_goal (metric, kind, aim, period, location_id, currency, baseline_unit, action, owner_name, roi_link,
    example, risk, note, norm_source, standing, unit, was_within, created_at, changed_at)
SELECT (%(metrics)s::text[])[1 + n %% %(metric_count)s], 'value', 0.5, (ARRAY['30d', '90d', '12m'])[1 + n %% 3],
    CASE WHEN n %% 2 = 0 THEN (%(places)s::bigint[])[1 + (n / 2) %% %(place_count)s] END, 'UAH', '', '', 'Team', '', '',
    '', '', '', 'unknown', '', false, now(), now()
FROM generate_series(0, %(goals)s - 1) n
"""
# As builders keep them.
DOCUMENT: dict[str, Any] = {
    "languages": ["en"],
    "questions": [
        {"key": key, "type": kind, "text": {"source": "en", "texts": {"en": key}}, **more}
        for key, kind, more in (
            ("q1", "nps", {"scale": {"low": 0, "high": 10}}),
            ("q2", "single", {"options": [_option(f"o{number}") for number in range(1, 5)]}),
            ("q3", "csat", {"scale": {"low": 1, "high": 5}}),
            ("q4", "ces", {"scale": {"low": 1, "high": 7}}),
            ("q5", "emotion", {"options": [_option(key) for key in ("glad", "calm", "angry")]}),
            ("q6", "number", {"decimals": 1}),
            ("q7", "text", {}),
        )
    ],
    "last_key": 7,
}
TABLES = ("surveys_response", "surveys_answer", "surveys_invitation", "surveys_tallyblock")


def build(answers: int) -> None:
    """Fills an empty home with a business, its orders, a survey with so many answers, and forty goals."""
    build_orders(max(answers // PER_ORDER, 2000))
    for setting in SESSION:
        _run(setting)
    places = [place.id for place in business.locations()]
    # Of eight responses seven have all answers and one has three.
    responses = answers * 8 // (7 * QUESTIONS + 3)
    values: dict[str, Any] = {
        "survey": surveys.publish_document(name=Localised.of("Bench", "en"), document=DOCUMENT),
        "places": places,
        "place_count": len(places),
        "responses": responses,
        "people": max(responses // 3, 100),
        "goals": GOALS,
        "metrics": ["nps", "csat", "late_share", "retention", "repeat_purchase", "returns_share", "net_revenue"],
        "metric_count": 7,
    }
    for what, statement in (
        (f"{responses:,} responses", RESPONSES),
        (f"{answers:,} answers", ANSWERS),
        ("invitations", INVITATIONS),
        ("a list of customers", LIST),
        ("goals", ABOUT),
    ):
        with told("results", what):
            _run(statement, values)
    for table in TABLES:
        _run(f"VACUUM (ANALYZE) {table}")
    with told("results", "folding"):
        surveys.fold_answers()
    for table in TABLES:
        _run(f"VACUUM (ANALYZE) {table}")


def _run(statement: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
