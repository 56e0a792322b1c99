"""How the business works on cases: stages, root causes, playbooks."""

from django.db import models

from wayloop.kernel.localised import LocalisedField
from wayloop.work.enums import CaseKind, OwnerRule, Severity, State


class Stage(models.Model):
    """Where a case may stand. Five come with the program; the business names and adds its own."""

    name = LocalisedField()
    state = models.CharField(max_length=10, choices=State.choices)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)


class Cause(models.Model):
    """Why something went wrong in the end, in the business's own words."""

    name = LocalisedField()
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True)


class Playbook(models.Model):
    """What is done about cases of one sort; a rule that finds something wrong names one.

    `deadline_minutes`: business minutes from opening; None: no deadline. `owner_role`: for turns, empty: anybody who
    works on cases. `steps`: the checklist, a text each. `limit`: what may be given as compensation, in minor units of
    the business's currency; None: nothing. `recovery_survey`: the survey that asks afterwards whether all is well.
    `cause_ids`: the root causes to choose from; empty: all. `version` counts changes.
    """

    name = LocalisedField()
    kind = models.CharField(max_length=10, choices=CaseKind.choices, default=CaseKind.COMPLAINT)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.NORMAL)
    owner_rule = models.CharField(max_length=8, choices=OwnerRule.choices, default=OwnerRule.NOBODY)
    owner = models.ForeignKey("accounts.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    owner_role = models.CharField(max_length=20, blank=True)
    deadline_minutes = models.PositiveIntegerField(null=True)
    script = models.TextField(blank=True)
    steps = models.JSONField(default=list)
    limit = models.BigIntegerField(null=True)
    recovery_survey = models.BigIntegerField(null=True)
    cause_ids = models.JSONField(default=list)
    position = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    archived_at = models.DateTimeField(null=True)


class Turn(models.Model):
    """Who of a playbook's people at a location had the last case. `location_id` 0: no place."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="+")
    location_id = models.BigIntegerField(default=0)
    member_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playbook", "location_id"], name="work_turn_once")]
