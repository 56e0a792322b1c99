"""Rules that ask, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.customers import api as customers
from wayloop.surveys.ask_forms import delay_of, event_word
from wayloop.surveys.audience import title_of
from wayloop.surveys.enums import Trigger
from wayloop.surveys.models import AskRule


def sentence(rule: AskRule) -> str:
    """A rule as people read it."""
    told = []
    if rule.trigger == Trigger.EVENT:
        amount, unit = delay_of(rule.delay_minutes)
        delays = {
            "minutes": ngettext("%(n)s minute after “%(what)s”", "%(n)s minutes after “%(what)s”", amount),
            "hours": ngettext("%(n)s hour after “%(what)s”", "%(n)s hours after “%(what)s”", amount),
            "days": ngettext("%(n)s day after “%(what)s”", "%(n)s days after “%(what)s”", amount),
        }
        text = delays[unit] if amount else _("At once after “%(what)s”")
        told.append(text % {"n": amount, "what": event_word(rule.event_kind)})
    elif rule.trigger == Trigger.DAY:
        name = dict(customers.date_traits()).get(rule.trait, rule.trait)
        days = abs(rule.day_offset)
        text = _("On the day “%(name)s”")
        if rule.day_offset > 0:
            text = ngettext("%(n)s day after the day “%(name)s”", "%(n)s days after the day “%(name)s”", days)
        elif rule.day_offset < 0:
            text = ngettext("%(n)s day before the day “%(name)s”", "%(n)s days before the day “%(name)s”", days)
        told.append(text % {"n": days, "name": name})
    else:
        told.append(_("Once"))
    title = title_of(rule)
    told.append(_("nobody: the chosen list is gone") if title is None else title or _("all customers"))
    if rule.condition.get("all"):
        told.append(customers.words_of(rule.condition))
    if rule.did_kind:
        text = (
            _("without “%(what)s” in the last %(days)s days")
            if rule.did_not
            else _("with “%(what)s” in the last %(days)s days")
        )
        told.append(text % {"what": event_word(rule.did_kind), "days": rule.did_days})
    if rule.share < 100:
        told.append(_("%(share)s of a hundred") % {"share": rule.share})
    if rule.comes_first:
        told.append(_("comes first"))
    return " · ".join(told)
