"""The smallest parts of the kit, too small for a component: icons, figures, times, addresses, form fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, Form
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django_vite.core.asset_loader import DjangoViteAssetLoader

from wayloop.kernel import clock
from wayloop.kernel.idempotency import FORM_KEY
from wayloop.ui import fields, formats, sparkline, toasts
from wayloop.ui.icons import icon_names

register = template.Library()
NOBODY = UUID(int=0)


@cache
def _sprite() -> str:
    return str(DjangoViteAssetLoader.instance().generate_vite_asset_url("frontend/icons.svg"))


@register.simple_tag
def icon(name: str, size: int = 16, extra: str = "") -> SafeString:
    """One icon of the sprite, decoration only: whatever it says must be said in words beside it.

    Raises `ValueError` for a name that is not in `icons.txt`.
    """
    return _icon(name, size, extra)


# A page draws hundreds of them, and there are a few dozen.
@cache
def _icon(name: str, size: int, extra: str) -> SafeString:
    if name not in icon_names():
        raise ValueError(f"there is no icon {name!r}; add it to wayloop/ui/icons.txt")
    classes = " ".join(part for part in ("icon", f"icon-{size}" if size != 16 else "", extra) if part)
    return format_html(
        '<svg class="{}" width="{}" height="{}" fill="none" stroke="currentColor" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true"><use href="{}#{}"/></svg>',
        classes,
        size,
        size,
        _sprite(),
        name,
    )


@register.simple_tag
def address(name: str, uuid: UUID) -> str:
    """`{% address 'customers:card' row.uuid %}`: as `{% url %}` for an address that holds one uuid and nothing else.

    For rows: it looks the address up once per page kind and not once per row, which took a tenth of a list's time.
    """
    before, after = _around(name)
    return f"{before}{uuid}{after}"


@cache
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[NOBODY]).partition(str(NOBODY))
    return before, after


@register.simple_tag(takes_context=True)
def form_key(context: Context) -> str:
    """The hidden field by which a member's form is known when it is sent twice; see `kernel.idempotency`."""
    member = getattr(context.get("request"), "user", None)
    if member is None or not member.is_authenticated:
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_KEY, uuid4().hex)


@register.filter(name="number")
@register.simple_tag(name="number")
def number(value: formats.Number | None, digits: int | None = None) -> str:
    """A figure with grouped thousands; a dash when there is none."""
    return "–" if value is None else formats.number(value, digits)


@register.filter(name="money")
def money_filter(amount: int | None, currency: str) -> str:
    """`{{ order.amount|money:order.currency }}`: minor units as people write money; a dash when there is none."""
    return "–" if amount is None else formats.money(amount, currency)


@register.simple_tag(name="money")
def money_tag(amount: int | None, currency: str, *, whole: bool = False) -> str:
    """As the filter; `whole=True` leaves the minor units out."""
    return "–" if amount is None else formats.money(amount, currency, whole=whole)


@register.filter(name="percent")
@register.simple_tag(name="percent")
def percent(share: formats.Number | None, digits: int = 0) -> str:
    """A share (0.62) as a percentage; a dash when there is none."""
    return "–" if share is None else formats.percent(share, digits)


@register.simple_tag
def delta(value: formats.Number, digits: int | None = None) -> str:
    """A change with its sign."""
    return formats.delta(value, digits)


@register.filter(name="duration")
@register.simple_tag(name="duration")
def duration(seconds: int | None) -> str:
    """A length of time in its two largest parts."""
    return "–" if seconds is None else formats.duration(seconds)


@register.filter(name="territory")
def territory(code: str) -> str:
    """The name of a country by its code."""
    return formats.territory(str(code))


@register.filter(name="language")
def language(code: str) -> str:
    """The name of a language by its code."""
    return formats.language_name(str(code))


@register.filter(name="source")
def source(name: str) -> str:
    """The name of the system a row comes from."""
    return formats.source(str(name))


@register.filter(name="initials")
def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    return formats.initials(str(name))


def _here(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else timezone.make_aware(moment)


@register.simple_tag
def moment(value: datetime | None, style: str = "relative") -> str:
    """A moment in the zone of the business; the exact one shows on hover and stands in `datetime`.

    Styles: `relative` (5 minutes ago), `clock` (14:05), `date` (3 November), `full` (3 November 2026, 14:05 GMT+02:00).
    """
    if value is None:
        return "–"
    local, now = _here(value), _here(clock.now())
    text = {
        "relative": lambda: formats.relative(local, now),
        "clock": lambda: formats.clock(local),
        "date": lambda: formats.plain_date(local.date(), now.date()),
        "full": lambda: formats.exact(local),
    }[style]()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), formats.exact(local), text
    )


@register.simple_tag
def shown(cell: Any) -> str:
    """A `Cell` as people read it; a dash for nothing. A tag, not a template: a list shows hundreds of them."""
    if cell is None:
        return "–"
    if cell.kind == "moment":
        return moment(cell.value)
    if cell.kind == "money":
        return conditional_escape(money_filter(cell.value, cell.currency))
    return conditional_escape(number(cell.value) if cell.kind == "number" else cell.value)


@register.simple_tag
def day(value: date | datetime | None) -> str:
    """A day as a heading: today, yesterday, 3 November."""
    if value is None:
        return "–"
    here = _here(value).date() if isinstance(value, datetime) else value
    return format_html(
        '<time datetime="{}">{}</time>', here.isoformat(), formats.calendar_day(here, _here(clock.now()).date())
    )


@register.simple_tag(takes_context=True)
def query(context: Context, *changes: Mapping[str, Any], **more: Any) -> str:
    """The address of this page with other parameters: `{% query sort="name" page=None %}`. None removes one."""
    request: HttpRequest | None = context.get("request")
    parameters = request.GET.copy() if request else QueryDict(mutable=True)
    for change in (*changes, more):
        for name, value in change.items():
            if value is None or value == "":
                parameters.pop(name, None)
            elif isinstance(value, Iterable) and not isinstance(value, str):
                parameters.setlist(name, [str(part) for part in value])
            else:
                parameters[name] = str(value)
    text = parameters.urlencode()
    path = request.path if request else ""
    return f"{path}?{text}" if text else path or "?"


@register.simple_tag(takes_context=True)
def sort_head(context: Context, name: str) -> dict[str, str]:
    """What a sortable head needs: its state (ascending, descending, none) and the address that turns it."""
    request: HttpRequest | None = context.get("request")
    chosen = request.GET.get("sort", "") if request else ""
    state = {name: "ascending", f"-{name}": "descending"}.get(chosen, "none")
    turned = f"-{name}" if state == "ascending" else name
    return {"state": state, "href": query(context, sort=turned, after=None, before=None)}


@register.simple_tag
def rest(attrs: Mapping[str, Any], **defaults: Any) -> SafeString:
    """The attributes a component was given and does not name itself, each value escaped.

    Cotton's own `{{ attrs }}` writes values as they come; components use this instead.
    """
    names = getattr(attrs, "attrs_dict", None)
    given = {**{key.replace("_", "-"): value for key, value in defaults.items()}, **(names() if names else dict(attrs))}
    parts = []
    for name, value in given.items():
        if value is None or value is False or value == "":
            continue
        # What was rendered by a template is escaped already, but may hold quotes (JSON in hx-vals).
        text = str(conditional_escape(value)).replace('"', "&quot;")
        parts.append(str(conditional_escape(name)) if value is True else f'{conditional_escape(name)}="{text}"')
    return mark_safe(" ".join(parts))  # noqa: S308 – every part was escaped above


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """One field of a Django form with its label, hint and error, wired for screen readers.

    Options are attributes of the control (`autofocus=True`, `placeholder=…`), `kind` for another look (`switch`,
    `search`), and `optional=False` where everybody knows that it may stay empty.
    """
    return mark_safe(render_to_string("ui/field.html", fields.describe(bound, options)))  # noqa: S308 – a template's output


@register.simple_tag
def form_errors(form: Form) -> list[dict[str, str]]:
    """Everything wrong with the form, in the order of its fields: `text`, and `target` to jump to (or empty)."""
    return fields.errors(form)


@register.simple_tag
def spark(
    values: Sequence[formats.Number | None], low: Sequence[Any] | None = None, high: Sequence[Any] | None = None
) -> dict[str, str]:
    """The paths of a sparkline in a box of 200 × 36: `line`, and `band` when low and high are given."""
    return sparkline.paths(values, low, high)


@register.filter(name="as_toasts")
def as_toasts(messages: Iterable[Message] | None) -> list[toasts.Toast]:
    """The waiting messages as toasts; reading them takes them off the list."""
    return [toasts.from_message(message) for message in messages or ()]
