"""A survey is called what it is called in each member's language: names we gave are there in all of ours."""

from django.db import migrations

import wayloop.kernel.localised

# What surveys of ours were called so far: in the one language they were made in.
OURS = (
    ("After a purchase", "После покупки", "Після покупки"),
    ("After a delivery", "После доставки", "Після доставки"),
    ("After a visit", "После визита", "Після візиту"),
    ("After a contact with support", "После обращения", "Після звернення"),
    ("First steps", "Первые шаги", "Перші кроки"),
    ("When somebody leaves", "При отказе", "При відмові"),
)
TYPED = """
ALTER TABLE surveys_survey ALTER COLUMN name TYPE jsonb
USING jsonb_build_object('source', 'en', 'texts', jsonb_build_object('en', name))
"""
KNOWN = """
UPDATE surveys_survey
SET name = jsonb_build_object('source', 'en', 'texts', jsonb_build_object('en', %s::text, 'ru', %s::text, 'uk', %s::text))
WHERE name->'texts'->>'en' IN (%s, %s, %s)
"""
PLAIN = """
ALTER TABLE surveys_survey ALTER COLUMN name TYPE varchar(120)
USING left(coalesce(name->'texts'->>(name->>'source'), ''), 120)
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_comes_first")]

    operations = [
        migrations.RunSQL(
            [TYPED, *((KNOWN, [*names, *names]) for names in OURS)],
            PLAIN,
            state_operations=[
                migrations.AlterField(
                    "survey",
                    "name",
                    wayloop.kernel.localised.LocalisedField(default=wayloop.kernel.localised.Localised),
                ),
            ],
        ),
    ]
