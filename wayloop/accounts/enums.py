"""Roles, permissions, and how a page may look."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FORGET_LINES = "accounts.forget_lines"
FORGET_INVITATIONS = "accounts.forget_invitations"


class Role(TextChoices):
    """What a member is here for."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("CX manager")
    AGENT = "agent", _("Support agent")
    FRONT_DESK = "front_desk", _("Front desk")
    MARKETER = "marketer", _("Marketer")
    ANALYST = "analyst", _("Analyst")
    READER = "reader", _("Read-only")
    PARTNER = "partner", _("Partner")
    AUDITOR = "auditor", _("External auditor")

    @property
    def meaning(self) -> str:
        """What the role is for, in one line."""
        return str(ROLE_MEANINGS[self])


class Permission(TextChoices):
    """What a role may do; each view names one."""

    CUSTOMERS_VIEW = "customers.view", _("See customers and their history")
    CUSTOMERS_CHANGE = "customers.change", _("Change what is known of a customer: traits, notes, tags")
    CUSTOMERS_BULK = "customers.bulk", _("Change many customers at once, keep the list of tags")
    COUNTER_USE = "counter.use", _("Greet guests at the counter")
    ORDERS_VIEW = "orders.view", _("See orders, returns and products")
    ORDERS_CHANGE = "orders.change", _("Take orders on, note payments and deliveries")
    PRODUCTS_CHANGE = "products.change", _("Change products and their prices")
    MARGIN_VIEW = "margin.view", _("See what products cost us and bring")
    SERVICE_VIEW = "service.view", _("See agreements and service jobs")
    SERVICE_CHANGE = "service.change", _("Make agreements, open and move service jobs")
    WORK_OWN = "work.own", _("See cases and tasks that were given to them")
    WORK_VIEW = "work.view", _("See all cases of their locations")
    WORK_CHANGE = "work.change", _("Work on cases they see: note, move, close")
    WORK_OPEN = "work.open", _("Open cases, write them anew, give them to others")
    WORK_SET = "work.set", _("Set up playbooks, stages and root causes")
    SCORES_VIEW = "scores.view", _("See scores and what customers wrote with them")
    SURVEYS_CHANGE = "surveys.change", _("Build surveys, publish them, ask customers")
    VOICE_VIEW = "voice.view", _("See what was changed because customers said so")
    VOICE_CHANGE = "voice.change", _("Write such changes down, tell customers of them, thank them")
    RESEARCH_VIEW = "research.view", _("See research notes: interviews, observations, mystery shoppers")
    RESEARCH_CHANGE = "research.change", _("Write research notes")
    MESSAGES_VIEW = "messages.view", _("See what was sent to customers, and why not")
    MESSAGES_CHANGE = "messages.change", _("Stop messages, decide about those in doubt")
    METRICS_VIEW = "metrics.view", _("See numbers")
    GOALS_CHANGE = "goals.change", _("Set goals for numbers")
    IMPORTS_VIEW = "imports.view", _("See imports")
    IMPORTS_RUN = "imports.run", _("Bring files in")
    SETTINGS_VIEW = "settings.view", _("See settings")
    SETTINGS_CHANGE = "settings.change", _("Change settings")
    TEAM_VIEW = "team.view", _("See who works here and what they may")
    TEAM_CHANGE = "team.change", _("Invite, change and switch off members")
    KEYS_MAKE = "keys.make", _("Make API keys for other programs")
    AUDIT_VIEW = "audit.view", _("See who did what: the audit trail")
    SECURITY_VIEW = "security.view", _("See how well this place is guarded")


_SEE = {
    Permission.CUSTOMERS_VIEW,
    Permission.ORDERS_VIEW,
    Permission.SERVICE_VIEW,
    Permission.WORK_OWN,
    Permission.WORK_VIEW,
    Permission.SCORES_VIEW,
    Permission.VOICE_VIEW,
    Permission.RESEARCH_VIEW,
    Permission.METRICS_VIEW,
    Permission.SETTINGS_VIEW,
}
_CHANGE = {Permission.CUSTOMERS_CHANGE, Permission.CUSTOMERS_BULK}
_SELL = {Permission.ORDERS_CHANGE, Permission.PRODUCTS_CHANGE, Permission.MARGIN_VIEW}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(
        _SEE
        | _CHANGE
        | _SELL
        | {
            Permission.SERVICE_CHANGE,
            Permission.WORK_CHANGE,
            Permission.WORK_OPEN,
            Permission.WORK_SET,
            Permission.COUNTER_USE,
            Permission.SURVEYS_CHANGE,
            Permission.VOICE_CHANGE,
            Permission.RESEARCH_CHANGE,
            Permission.MESSAGES_VIEW,
            Permission.MESSAGES_CHANGE,
            Permission.GOALS_CHANGE,
            Permission.IMPORTS_VIEW,
            Permission.IMPORTS_RUN,
            Permission.TEAM_VIEW,
            Permission.KEYS_MAKE,
        }
    ),
    Role.AGENT: frozenset(
        {
            Permission.CUSTOMERS_VIEW,
            Permission.CUSTOMERS_CHANGE,
            Permission.ORDERS_VIEW,
            Permission.ORDERS_CHANGE,
            Permission.SERVICE_VIEW,
            Permission.SERVICE_CHANGE,
            Permission.WORK_OWN,
            Permission.WORK_VIEW,
            Permission.WORK_CHANGE,
            Permission.WORK_OPEN,
            Permission.SCORES_VIEW,
            Permission.COUNTER_USE,
        }
    ),
    # Of the work they see what was given to them, nothing else.
    Role.FRONT_DESK: frozenset({Permission.COUNTER_USE, Permission.WORK_OWN, Permission.WORK_CHANGE}),
    Role.MARKETER: frozenset(
        _SEE
        | _CHANGE
        | {
            Permission.SURVEYS_CHANGE,
            Permission.RESEARCH_CHANGE,
            Permission.MESSAGES_VIEW,
            Permission.MESSAGES_CHANGE,
            Permission.IMPORTS_VIEW,
        }
    ),
    Role.ANALYST: frozenset(_SEE | {Permission.RESEARCH_CHANGE, Permission.MARGIN_VIEW, Permission.IMPORTS_VIEW}),
    Role.READER: frozenset(_SEE | {Permission.MESSAGES_VIEW, Permission.IMPORTS_VIEW}),
    # Somebody of another firm who works with us: the work and its numbers, never the list of our customers.
    Role.PARTNER: frozenset({Permission.ORDERS_VIEW, Permission.SERVICE_VIEW, Permission.METRICS_VIEW}),
    # Checks how we work: what was done and how the house is guarded, no customer.
    Role.AUDITOR: frozenset(
        {Permission.AUDIT_VIEW, Permission.SECURITY_VIEW, Permission.TEAM_VIEW, Permission.SETTINGS_VIEW}
    ),
}
ROLE_MEANINGS = {
    Role.OWNER: _("Sees and changes everything, decides who else does"),
    Role.MANAGER: _("Runs the daily work: customers, orders, prices, imports"),
    Role.AGENT: _("Helps customers: their cards, orders, service jobs"),
    Role.FRONT_DESK: _("Greets guests at the counter, does what was given to them, sees no lists"),
    Role.MARKETER: _("Knows customers in groups and writes to them"),
    Role.ANALYST: _("Reads numbers, what things cost us too; writes research notes, changes nothing else"),
    Role.READER: _("Looks at everything of the daily work, changes nothing"),
    Role.PARTNER: _("Another firm: orders and jobs of the places it is given, no list of customers"),
    Role.AUDITOR: _("Checks the audit trail, the team and the settings; sees no customers"),
}
# Roles of people from outside: they never see more than the places they were given.
ALWAYS_LIMITED = frozenset({Role.PARTNER})
# What writes and tells for all locations at once: a file has rows of any of them, a run goes to customers of all, a
# playbook is everybody's. Not for whom sees some only.
WHOLE_BUSINESS = frozenset(
    {
        Permission.IMPORTS_VIEW,
        Permission.IMPORTS_RUN,
        Permission.MESSAGES_VIEW,
        Permission.MESSAGES_CHANGE,
        Permission.WORK_SET,
        Permission.VOICE_CHANGE,
    }
)


def permissions_of(role: Role, *, sees_everything: bool) -> frozenset[Permission]:
    """What a role includes for somebody who sees the whole business, or some places only."""
    return PERMISSIONS[role] if sees_everything else PERMISSIONS[role] - WHOLE_BUSINESS


class Theme(TextChoices):
    """The colours of the pages."""

    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(TextChoices):
    """How close things stand."""

    COMPACT = "compact", _("Compact")
    NORMAL = "normal", _("Normal")
    ROOMY = "roomy", _("Roomy")
