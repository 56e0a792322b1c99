import json

from django.db import migrations

SCHEMA = """
CREATE SEQUENCE work_case_number;
CREATE INDEX work_case_words ON work_case USING gin (to_tsvector('simple', title));
CREATE VIEW api_work_cases AS
    SELECT c.id, c.uuid, c.number, c.about, c.source, c.kind, c.severity, p.person, c.location_id, c.playbook_id,
        c.stage_id, c.state, c.member_id, c.cause_id, c.opened_at, c.deadline_at, c.closed_at, c.spent_seconds,
        c.waited_seconds, c.times_reopened, c.given, c.cost, c.currency, c.recovery_survey, c.recovery, c.is_recovered
    FROM work_case c LEFT JOIN api_identity_people p ON p.handle = c.handle WHERE c.removed_at IS NULL;
"""
BACK = "DROP VIEW api_work_cases; DROP INDEX work_case_words; DROP SEQUENCE work_case_number"
# In the three languages of the program; the business changes them as it likes.
STAGES = (
    ("new", "New", "Новый", "Новий"),
    ("working", "In work", "В работе", "У роботі"),
    ("waiting", "Waiting for the customer", "Ждём клиента", "Чекаємо на клієнта"),
    ("solved", "Solved", "Решён", "Вирішено"),
    ("unsolved", "Closed without a solution", "Закрыт без решения", "Закрито без рішення"),
)
CAUSES = (
    ("Delivery", "Доставка", "Доставка"),
    ("Product or service", "Товар или услуга", "Товар чи послуга"),
    ("Our people", "Обслуживание", "Обслуговування"),
    ("Waiting and queues", "Ожидание и очереди", "Очікування та черги"),
    ("Price and terms", "Цена и условия", "Ціна та умови"),
    ("Mistake in the order", "Ошибка в заказе", "Помилка в замовленні"),
    ("Site and payment", "Сайт и оплата", "Сайт та оплата"),
)


def _name(en, ru, uk):
    return json.dumps({"source": "en", "texts": {"en": en, "ru": ru, "uk": uk}}, ensure_ascii=False)


def begin(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO work_stage (name, state, position) VALUES (%s, %s, %s)",
            [(_name(*names), state, place) for place, (state, *names) in enumerate(STAGES, 1)],
        )
        cursor.executemany(
            "INSERT INTO work_cause (name, position) VALUES (%s, %s)",
            [(_name(*names), place) for place, names in enumerate(CAUSES, 1)],
        )


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial"), ("identity", "0003_identifiers")]
    operations = [migrations.RunSQL(SCHEMA, BACK), migrations.RunPython(begin, migrations.RunPython.noop)]
