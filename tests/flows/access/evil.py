"""A business whose every text is an attack, and a reader of pages who notices what got through.

What is attacked joins by itself: all text columns of all tables but those named here.
"""

import html
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db import IntegrityError, connection, transaction

EVIL = "evil.example"
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "' autofocus onfocus='alert(3)' x='",
    "javascript:alert(4)",
    '{{ "ca"|add:"nary50281" }}{% firstof "ca" %}nary50281{{ request.user.password }}',
    "</textarea></title></script><svg onload=alert(5)>",
    f"<style>*{{display:none}}</style><link rel=stylesheet href=//{EVIL}/x.css>",
    f'=HYPERLINK("https://{EVIL}/","x")',
    "\u202e\u2066live\u2069 עברית العربية\u202c",
    "a\u200b\u200c\u200d\u2060\ufeffb\u00ad",
    "W" * 10_000,
    '<iframe srcdoc="<script>parent.alert(6)</script>"></iframe>',
    "${50281*7} #{50281*7} <%= 50281*7 %> {{50281*7}}",
    "z" + "\u0300\u0301\u0489" * 60,
    "&lt;script&gt;alert(7)&lt;/script&gt; &amp;quot; &#60;b&#62;",
    f'x" x-data x-init="alert(8)" hx-get="https://{EVIL}/" hx-trigger="load" y="',
    f"<base href=https://{EVIL}/><form action=https://{EVIL}/><button>",
    f"//{EVIL}/x",
    f"expression(alert(9));background:url(https://{EVIL}/x.png);position:fixed",
    "👩‍👩‍👧‍👦 𝒳 \U0010fffd \ufdd0",
    "..\\..\\../../etc/passwd\r\nSet-Cookie: a=b\r\n",
    "%0d%0a%00%3Cscript%3E '; DROP TABLE x;-- \\",
)  # fmt: skip
# Words of the program in columns of text, never what somebody wrote: table.column, or the end of a column's name.
MACHINE_ENDS = (
    "currency", "zone", "batch", "icon", "rule", "country", "region", "sort", "sort_keys", "found_by", "folded",
    "theme", "density", "prefix", "sha256", "code", "kind",
)  # fmt: skip
MACHINE = frozenset(
    {
        "accounts_auditentry.act", "accounts_invitation.code", "accounts_member.password", "accounts_member.language",
        "accounts_member.role", "accounts_member.location_ids", "accounts_member.brand_ids",
        "accounts_membersession.key", "accounts_apikey.permissions", "accounts_apikey.location_ids",
        "accounts_invitation.location_ids", "accounts_invitation.brand_ids", "accounts_policy.second_factor_roles",
        "business_business.content_languages", "business_usedcurrency.code",
        "business_hoursversion.week", "business_hoursversion.works_on", "business_hoursversion.rests_on",
        "business_specialdays.week",
        "customers_card.computed", "customers_savedview.condition", "customers_savedview.columns",
        "customers_traitdefinition.key", "customers_traitvalue.trait", "customers_bulkaction.detail",
        "customers_word.key", "customers_word.word",
        "commerce_agreementstep.event", "commerce_jobmove.event",
        "identity_identifier.namespace",
        "imports_import.mapping", "imports_import.language", "imports_importtable.entity", "imports_savedmapping.name",
        "imports_importdraft.mapping", "imports_importdraft.content",
        "imports_broughtthings.group", "imports_broughtthings.ids",
        "channels_sender.address", "channels_sender.reply_to",
        "surveys_score.language", "surveys_survey.link", "surveys_kiosk.link", "surveys_kiosk.pin",
        "messaging_message.purpose", "messaging_message.contact_key", "messaging_message.reason",
        "messaging_run.url", "metrics_goal.metric", "metrics_goal.unit", "metrics_alert.cut", "metrics_alert.unit",
        "surveys_askrule.trait",
        "surveys_askrule.audience_source", "surveys_askrule.audience_key", "surveys_askrule.condition",
        "surveys_answer.question", "surveys_response.asked", "surveys_response.flags",
    }
)  # fmt: skip
SHORTEST = 12  # what is shorter holds codes
# Tables of the mechanism: nobody outside writes a word into them.
APART = ("django_", "auth_", "procrastinate_", "account_", "mfa_", "kernel_")
# Of the mechanism too, but with words of people.
YET = frozenset({"kernel_storedfile.name", "kernel_parkedrow.error"})
# Keys of JSON under which names of the program stand.
KEY_ENDS = ("_at", "_id", "_ids", "_on", "_key")
# Typed trees: words of people stand under “texts” only.
DOCUMENTS = frozenset({"surveys_survey.draft", "surveys_survey.former", "surveys_version.document"})
KEYS = frozenset(
    {"key", "id", "type", "kind", "status", "method", "entity", "source", "currency", "icon", "path", "way"}
)


@dataclass(frozen=True)
class Column:
    """A column of text or JSON; `size`: how many characters it takes."""

    table: str
    column: str
    kind: str
    size: int

    @property
    def name(self) -> str:
        """As it stands in the lists above."""
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Poisoned:
    """How much was made evil."""

    tables: int
    fields: int
    rows: int
    refused: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.fields} fields in {self.rows} rows of {self.tables} tables"


def poison() -> Poisoned:
    """Writes a payload into every text of every row of the database that is open."""
    rows, refused = 0, []
    filled: list[Column] = []
    with connection.cursor() as cursor:
        # What waits for the end of the transaction would forbid to let go of the triggers.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        found = _columns(cursor)
        for table, columns in groupby(found, key=lambda one: one.table):
            mine = list(columns)
            # Some tables only grow: a trigger guards them from what is done here.
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            written = 0
            try:
                with transaction.atomic():
                    written = _poison_table(cursor, table, mine)
            except IntegrityError as error:
                refused.append(f"{table}: {str(error).splitlines()[0]}")
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
            rows += written
            filled += mine if written else []
    return Poisoned(len({one.table for one in filled}), len(filled), rows, tuple(refused))


def _columns(cursor: Any) -> list[Column]:
    cursor.execute(
        "SELECT c.table_name, c.column_name, c.data_type, coalesce(c.character_maximum_length, 10000) "
        "FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name "
        "AND t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition "
        "WHERE c.table_schema = 'public' AND c.data_type IN ('text', 'character varying', 'jsonb') "
        "AND c.is_generated = 'NEVER' ORDER BY 1, c.ordinal_position"
    )
    chosen = {
        f"{model._meta.db_table}.{one.column}"
        for model in apps.get_models()
        for one in model._meta.fields
        if one.choices
    }
    columns = [Column(*one) for one in cursor.fetchall() if one[3] >= SHORTEST]
    return [one for one in columns if _is_for_people(one.name) and one.name not in chosen]


def _is_for_people(name: str) -> bool:
    if name in YET:
        return True
    column = name.partition(".")[2]
    return not name.startswith(APART) and name not in MACHINE and not column.endswith(MACHINE_ENDS)


def _poison_table(cursor: Any, table: str, columns: list[Column]) -> int:
    """All columns in one go; answers how many rows there are. Numbers differ, so what has to differ does."""
    numbered = (
        "SELECT ctid AS its_place, tableoid AS its_part, row_number() OVER (ORDER BY ctid) - 1 AS its_number "  # noqa: S608
        f'FROM "{table}"'
    )
    most = len(PAYLOADS)
    objects = [one for one in columns if one.kind == "jsonb"]
    given: list[Any] = [list(PAYLOADS)]
    changes = [
        f"\"{one.column}\" = CASE WHEN t.\"{one.column}\" = '' THEN '' ELSE "
        f"left(of_row.its_number || (payload.texts)[1 + (of_row.its_number + {shift}) %% {most}], {one.size}) END"
        for shift, one in enumerate(columns)
        if one.kind != "jsonb"
    ]
    source = f"({numbered}) of_row CROSS JOIN (SELECT %s::text[] AS texts) payload"
    if objects:
        names = ", ".join(f'"{one.column}"' for one in objects)
        # By the place of a row: nobody else is here to move it.
        cursor.execute(f'SELECT ctid::text, tableoid::int, {names} FROM "{table}" ORDER BY ctid')  # noqa: S608
        rows = [
            [json.loads(one) if isinstance(one, str) and n > 1 else one for n, one in enumerate(row)]
            for row in cursor.fetchall()
        ]
        given += [[row[0] for row in rows], [row[1] for row in rows]]
        for place in range(len(objects)):
            only_texts = objects[place].name in DOCUMENTS
            texts = [_evil_json(row[2 + place], number + place, only_texts) for number, row in enumerate(rows)]
            given.append([None if text is None else json.dumps(text) for text in texts])
        columns_of = "".join(f", j{place}" for place in range(len(objects)))
        arrays = "%s::tid[], %s::oid[]" + ", %s::text[]" * len(objects)
        source += f" JOIN unnest({arrays}) AS object(its_place, its_part{columns_of}) USING (its_place, its_part)"
        changes += [f'"{one.column}" = object.j{place}::jsonb' for place, one in enumerate(objects)]
    statement = f"""
        UPDATE "{table}" t SET {", ".join(changes)} FROM {source} WHERE t.ctid = its_place AND t.tableoid = its_part
    """  # noqa: S608
    cursor.execute(statement, given)
    return int(cursor.rowcount)


def _evil_json(value: Any, number: int, only_texts: bool, key: str = "") -> Any:
    """The same with attacks for texts; `only_texts`: of a typed tree, those that stand under “texts”."""
    if isinstance(value, dict):
        if set(value) == {"source", "texts"}:
            return value | {"texts": _evil_json(value["texts"], number, only_texts=False)}
        return {name: _evil_json(one, number, only_texts, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_evil_json(one, number + place, only_texts, key) for place, one in enumerate(value)]
    # Dates, times, exact numbers and choices are texts in JSON; nobody can write words where they stand.
    is_fixed = only_texts or key in KEYS or key.endswith(KEY_ENDS)
    if not isinstance(value, str) or is_fixed or re.fullmatch(r"[\d.:T+-]*Z?|[a-z_]+", value):
        return value
    return PAYLOADS[number % len(PAYLOADS)][:2_000]


class Page(HTMLParser):
    """A page read as a browser reads it: its links, and everything that no page of ours has."""

    FORBIDDEN = frozenset({"base", "iframe", "object", "embed", "style", "frame", "applet", "math"})
    PLACES = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "srcdoc"})
    OWN = ("x-", "hx-", "@", ":")

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.troubles: list[str] = []
        if "canary50281" in text:
            self.troubles.append("a text was taken for a template")
        if any(word in text for word in ("argon2", "&amp;lt;script&amp;gt;alert(1)")):
            self.troubles.append("a secret, or a text escaped twice")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See the class."""
        told = {name: value or "" for name, value in attrs}
        own_frame = tag == "iframe" and {"src", "title"} <= told.keys() and "srcdoc" not in told
        own_script = told.get("src", "").startswith("/static/") or told.get("type") == "application/json"
        if (tag in self.FORBIDDEN and not own_frame) or (tag == "script" and not own_script):
            self.troubles.append(f"<{tag}> {told}")
        for name, value in told.items():
            if name.startswith("on") or name == "style" or (name == "autofocus" and "onfocus" in told):
                self.troubles.append(f"<{tag} {name}={value[:60]!r}>")
            if name.startswith(self.OWN) and name not in self.PLACES and ("alert(" in value or EVIL in value):
                self.troubles.append(f"<{tag} {name}={value[:60]!r}> is read as a program")
            if name in self.PLACES:
                self._follow(tag, name, value)

    handle_startendtag = handle_starttag

    def _follow(self, tag: str, name: str, value: str) -> None:
        address = html.unescape(value).strip()
        parts = urlsplit(re.sub(r"[\x00-\x20]", "", address))
        if parts.scheme == "otpauth":
            return
        if parts.netloc or parts.scheme not in ("", "mailto", "tel", "data"):
            self.troubles.append(f"<{tag} {name}={value[:60]!r}> leads away")
        elif tag in ("a", "form") or name.startswith("hx-"):
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if path.startswith("/") and not path.startswith("/static/"):
                self.links.append(path)
