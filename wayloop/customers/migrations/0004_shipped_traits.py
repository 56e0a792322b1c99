from django.db import migrations

# Letters in the order of the alphabets (as ui.sorting has it), capitals as small ones, ё as е, without apostrophes.
# One statement without a table, so it can stand in an index and be worked out by any database.
LETTERS = "абвгґдеєжзиіїйклмнопрстуфхцчшщъыьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
APOSTROPHES = "’ʼ‘`"
PLACES = "".join(chr(0x430 + place) for place in range(len(LETTERS)))
FROM = LATIN.upper() + LETTERS + LETTERS.upper() + "ёЁ" + APOSTROPHES
TO = LATIN + PLACES + PLACES + PLACES[LETTERS.index("е")] * 2
ORDER = f"""
CREATE FUNCTION customers_text_order(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT translate(words, '{FROM}''', '{TO}') $$
"""

# Key, group, type, about, codes of the list, then: several, computed, searchable, sortable.
TRAITS = (
    ("birth_date", "who", "date", "person", (), ""),
    ("sex", "who", "choice", "person", ("female", "male", "other"), ""),
    ("country", "who", "country", "all", (), "searchable"),
    ("town", "who", "place", "all", (), "searchable sortable"),
    ("language", "who", "language", "all", (), ""),
    ("education", "who", "choice", "person", ("school", "vocational", "higher", "degree"), ""),
    ("profession", "who", "text", "person", (), ""),
    ("industry", "who", "text", "company", (), ""),
    ("company_size", "who", "choice", "company", ("1-9", "10-49", "50-249", "250"), ""),
    ("website", "who", "url", "company", (), ""),
    ("bought_categories", "habits", "choices", "all", (), "computed"),
    ("purchase_gap", "habits", "number", "all", (), "computed"),
    ("last_purchase", "habits", "date", "all", (), "computed sortable"),
    ("purchase_days", "habits", "choices", "all", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "computed"),
    ("channels", "habits", "choices", "all", (), "computed"),
    ("contact_frequency", "habits", "number", "all", (), "computed"),
    ("active_hours", "habits", "choices", "all", ("morning", "day", "evening", "night"), "computed"),
    (
        "values", "mind", "choices", "person",
        ("quality", "price", "speed", "convenience", "care", "health", "nature", "status", "tradition", "novelty"), "",
    ),
    ("interests", "mind", "text", "person", (), "several"),
    ("lifestyle", "mind", "choices", "person", ("active", "family", "career", "creative", "travel", "home"), ""),
    ("needs", "mind", "text", "all", (), "several"),
    ("pains", "mind", "text", "all", (), "several"),
    ("income_level", "money", "choice", "person", ("low", "middle", "high"), ""),
    ("orders_count", "money", "number", "all", (), "computed sortable"),
    ("spent_total", "money", "money", "all", (), "computed sortable"),
    ("average_order", "money", "money", "all", (), "computed"),
    ("price_sensitivity", "money", "choice", "all", ("low", "middle", "high"), ""),
    ("customer_type", "bond", "choice", "all", ("end", "wholesale", "reseller", "partner", "staff"), ""),
    ("market_segment", "bond", "choice", "all", ("mass", "middle", "premium"), ""),
    ("customer_since", "bond", "date", "all", (), "computed"),
    ("favourites", "bond", "choices", "all", (), "computed"),
)
FOR_EVERYBODY = ("birth_date", "language", "favourites", "last_purchase")


def ship(apps, schema_editor):
    definition = apps.get_model("customers", "TraitDefinition")
    for position, (key, group, kind, about, codes, marks) in enumerate(TRAITS, start=1):
        definition.objects.create(
            key=key,
            group=group,
            type=kind,
            about=about,
            options=[{"code": code} for code in codes],
            takes_several="several" in marks,
            is_computed="computed" in marks,
            keeps_history="computed" not in marks,
            is_searchable="searchable" in marks,
            is_sortable="sortable" in marks,
            sight="everybody" if key in FOR_EVERYBODY else "staff",
            is_shipped=True,
            position=position * 10,
        )


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_traits_notes_relations")]
    operations = [
        migrations.RunSQL(ORDER, "DROP FUNCTION customers_text_order"),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
