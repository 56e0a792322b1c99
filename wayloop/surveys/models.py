"""Tables of the surveys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value

from wayloop.kernel.localised import LocalisedField
from wayloop.kernel.models import StoredFile
from wayloop.surveys.enums import AskState, Ending, Feel, QuestionType, ScoreMetric, Trigger


class Score(models.Model):
    """One score that somebody gave, with the scale it was given on; never changed.

    `key`: what makes it this score, see `services.scores`. `handle` is None where nobody knows who gave it; `order_id`
    where there is no such order here, `order_number` is what the source called it. `survey_id`, `survey_version`,
    `question`: where it was asked, when it was here. `happened_at`: when it was given, or
    asked for where the source counts from that; `offset_minutes`: the UTC offset it was told in.
    """

    key = models.UUIDField(unique=True)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120, blank=True)
    metric = models.CharField(max_length=8, choices=ScoreMetric)
    scale_low = models.SmallIntegerField()
    scale_high = models.SmallIntegerField()
    lower_is_better = models.BooleanField(default=False)
    value = models.DecimalField(max_digits=6, decimal_places=2)
    feel = models.SmallIntegerField(choices=Feel)
    comment = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    happened_at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField()
    answered_at = models.DateTimeField(null=True)
    handle = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=120, blank=True)
    location_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40, blank=True)
    batch = models.CharField(max_length=80, blank=True)
    survey_id = models.BigIntegerField(null=True)
    survey_version = models.IntegerField(null=True)
    question = models.CharField(max_length=12, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scale_low__lt=F("scale_high"), value__gte=F("scale_low"), value__lte=F("scale_high")),
                name="surveys_score_on_its_scale",
            )
        ]
        indexes = [
            models.Index(F("happened_at").desc(), F("id").desc(), name="surveys_score_time"),
            models.Index(F("metric"), F("happened_at").desc(), F("id").desc(), name="surveys_score_metric"),
            models.Index(F("feel"), F("happened_at").desc(), F("id").desc(), name="surveys_score_feel"),
            models.Index(fields=["handle", "-happened_at"], name="surveys_score_person"),
            models.Index(fields=["order_id"], condition=Q(order_id__isnull=False), name="surveys_score_order"),
            models.Index(fields=["batch", "id"], condition=~Q(batch=""), name="surveys_score_batch"),
        ]


class Survey(models.Model):
    """What is asked. `draft` is the typed tree as JSON, `former` the one before the last change that can be undone.

    `name`: what the team calls it; respondents never see it.
    `revision` counts changes of the draft, so that two who build at once notice. `link` opens the page; it stays the
    same over all versions. `current`: number of the version that is asked, None until the first. `closed_at`: no new
    responses; begun ones end.
    """

    uuid = models.UUIDField(unique=True)
    name = LocalisedField()
    draft = models.JSONField()
    former = models.JSONField(null=True)
    revision = models.IntegerField(default=1)
    link = models.CharField(max_length=22, unique=True)
    current = models.IntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)


class SurveyVersion(models.Model):
    """A survey as it was published; never changed, a trigger holds it."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    number = models.IntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="surveys_version_number")]


class AskRule(models.Model):
    """Who is asked a survey, and when.

    `trigger`: once, when an event of `event_kind` is told, or on a day that a trait holds (each year when `is_yearly`,
    `day_offset` days after it, less than 0 before). So many minutes later (`delay_minutes`) `share` of a hundred of
    those are asked who are in the audience: in a set of `audience_source` under `audience_key` (both empty: everybody),
    kept by `condition` (as customers store it), with or without (`did_not`) an event of `did_kind` in `did_days` days.
    Whom the contact rules hold back is asked within `patience_days`, or not at all; for one that `comes_first` a place
    is kept that lesser contacts leave alone. `remind_days`: 0 never.

    It runs from `started_at` on; `stopped_at`: nobody more is asked. Of a run (once) `filled_to` is the last person who
    was looked at, `filled_at` when all were; `run`: its number in messaging.
    """

    uuid = models.UUIDField(unique=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    trigger = models.CharField(max_length=8, choices=Trigger)
    event_kind = models.CharField(max_length=60, blank=True)
    trait = models.CharField(max_length=60, blank=True)
    is_yearly = models.BooleanField(default=True)
    day_offset = models.SmallIntegerField(default=0)
    delay_minutes = models.IntegerField(default=0)
    share = models.SmallIntegerField(default=100)
    audience_source = models.CharField(max_length=40, blank=True)
    audience_key = models.CharField(max_length=80, blank=True)
    condition = models.JSONField(default=dict)
    did_kind = models.CharField(max_length=60, blank=True)
    did_days = models.SmallIntegerField(default=30)
    did_not = models.BooleanField(default=False)
    patience_days = models.SmallIntegerField(default=3)
    comes_first = models.BooleanField(default=False)
    remind_days = models.SmallIntegerField(default=0)
    expire_days = models.SmallIntegerField(default=30)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    filled_to = models.BigIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)
    run = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="surveys_rule_share"),
        ]

    @property
    def is_on(self) -> bool:
        """Whether it asks people now."""
        return self.started_at is not None and self.stopped_at is None and self.removed_at is None


class Ask(models.Model):
    """That a rule means to ask one person about one thing; `key`: rule, person or handle, and thing together.

    `event_id`: the event it follows; `case_id`: the case of the work that it asks after;
    `until`: when asking has lost its sense. `state`: how it went, `reasons`: values
    of the contact rules where those held it back; `decided_at`: when.
    """

    key = models.UUIDField(unique=True)
    rule = models.ForeignKey(AskRule, models.CASCADE, related_name="+")
    handle = models.BigIntegerField()
    event_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    location_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=12, choices=AskState, default=AskState.WAITING)
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="surveys_ask_due"),
            models.Index(fields=["rule", "state"], name="surveys_ask_rule"),
            models.Index(fields=["event_id"], condition=Q(state="waiting"), name="surveys_ask_event"),
            models.Index(fields=["handle"], name="surveys_ask_person"),
            models.Index(fields=["case_id"], condition=Q(case_id__isnull=False), name="surveys_ask_case"),
        ]


class Invitation(models.Model):
    """Somebody is asked, once, by a signed link. Whoever decides that (a rule, a member) makes one through the face.

    `reason`: why this person, in words kept for the card; `order_id`: an order of commerce it is about. `chosen`: what
    was clicked in the message and is not an answer yet. `seen_at`: when somebody had the page before them first, as
    its script tells; what only looks at links tells nothing. `remind_at`: when to remind of it, if nobody has begun.
    """

    uuid = models.UUIDField(unique=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    handle = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=120, blank=True)
    location_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    ask = models.OneToOneField(Ask, models.SET_NULL, null=True, related_name="+")
    chosen = models.CharField(max_length=20, blank=True)
    chosen_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["handle", "-created_at"], name="surveys_invitation_person"),
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="surveys_invitation_remind"),
            models.Index(fields=["survey", "chosen"], condition=~Q(chosen=""), name="surveys_invitation_chosen"),
            models.Index(fields=["survey", "created_at"], name="surveys_invitation_survey"),
        ]


class Site(models.Model):
    """A site of the business that may show surveys in a frame; `origin`: scheme, host, port."""

    origin = models.CharField(max_length=280, unique=True)
    added_at = models.DateTimeField()


class Kiosk(models.Model):
    """A device that stands at a place and asks everybody who passes. `pin`: as passwords are kept."""

    uuid = models.UUIDField(unique=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    location_id = models.BigIntegerField(null=True)
    link = models.CharField(max_length=22, unique=True)
    pin = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class Response(models.Model):
    """One person's way through one version, begun with the first answer.

    `token`: a hash of the secret it is resumed by, which nobody can read back; the same secret sent many times at once
    is one response, and so is one invitation. `asked`: the keys gone through, in their order. `flags`: what makes one
    look twice. `scored_at`: when its marks became scores. `place`: its number among those of the survey, given when it
    is folded into a `TallyBlock` first; `is_folded`: the block knows it as it is now.
    """

    uuid = models.UUIDField(unique=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    version = models.IntegerField()
    token = models.UUIDField(unique=True)
    invitation = models.OneToOneField(Invitation, models.SET_NULL, null=True, related_name="+")
    handle = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=120, blank=True)
    location_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    asked = models.JSONField(default=list)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=8, choices=Ending, blank=True)
    flags = models.JSONField(default=list)
    offset_minutes = models.SmallIntegerField(default=0)
    scored_at = models.DateTimeField(null=True)
    place = models.IntegerField(null=True)
    is_folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["survey", "version", "-started_at"], name="surveys_response_survey"),
            models.Index(fields=["survey", "place"], name="surveys_response_place"),
            models.Index(fields=["survey", "id"], condition=Q(is_folded=False), name="surveys_response_unfolded"),
            models.Index(fields=["handle", "-started_at"], name="surveys_response_person"),
            models.Index(fields=["touched_at"], condition=Q(scored_at=None), name="surveys_response_open"),
        ]


class Answer(models.Model):
    """One piece of an answer with its type, scale and direction; see `document.answers.Part`.

    A question that was seen and left out has one row without a value. `sent`: counts what the respondent's page sent,
    so that what arrives late never replaces what came after it.
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="+")
    question = models.CharField(max_length=12)
    part = models.CharField(max_length=20, blank=True)
    type = models.CharField(max_length=12, choices=QuestionType)
    number = models.DecimalField(max_digits=22, decimal_places=9, null=True)
    choice = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    day = models.DateField(null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    scale_low = models.SmallIntegerField(null=True)
    scale_high = models.SmallIntegerField(null=True)
    lower_is_better = models.BooleanField(default=False)
    is_empty = models.BooleanField(default=False)
    sent = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question", "part"], name="surveys_answer_once"),
        ]
        indexes = [
            # Few answers hold one; asked for when a file is to go.
            models.Index(fields=["file"], condition=Q(file__isnull=False), name="surveys_answer_file"),
        ]


class QuotaCount(models.Model):
    """How many responses a quota of a survey has counted, over its versions."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    quota = models.CharField(max_length=12)
    taken = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "quota"], name="surveys_quota_once")]


class CaseRule(models.Model):
    """Which answers become cases, and by which playbook of the work.

    One fits when it was given to the same question on the same scale (never on another one), is `worst` or worse, and
    is of `survey` and of `location_id` where these are set. `words`: one of these stands in the comment, whatever the
    case of letters; none: any comment or none, unless `needs_comment`. Of several that fit an answer the one with the
    lowest `position` counts. `stopped_at`: opens nothing since then.
    """

    uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    metric = models.CharField(max_length=8, choices=ScoreMetric)
    scale_low = models.SmallIntegerField()
    scale_high = models.SmallIntegerField()
    lower_is_better = models.BooleanField(default=False)
    worst = models.SmallIntegerField()
    survey = models.ForeignKey(Survey, models.CASCADE, null=True, related_name="+")
    location_id = models.BigIntegerField(null=True)
    words = models.JSONField(default=list)
    needs_comment = models.BooleanField(default=False)
    playbook = models.BigIntegerField()
    position = models.IntegerField()
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(worst__gte=F("scale_low"), worst__lte=F("scale_high")), name="surveys_case_rule_on_scale"
            ),
        ]

    @property
    def is_on(self) -> bool:
        """Whether it opens cases now."""
        return self.stopped_at is None and self.removed_at is None


class ResultShare(models.Model):
    """Results of a survey that somebody outside may see: numbers only, by a signed link, for a time.

    `name`: for whom it was made, as its maker put it. `query`: the filter, as it stands in an address;
    `location_ids`: the locations the maker saw, None for all; who opens the link sees no more than that. `seen_count`:
    how often somebody outside the team had the page before them, and `seen_at` when last; what only loads the page is
    a line of the audit trail.
    """

    uuid = models.UUIDField(unique=True)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    query = models.CharField(max_length=2000, blank=True)
    location_ids = ArrayField(models.BigIntegerField(), null=True)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    seen_count = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)


class TallyBlock(models.Model):
    """The sets of `tally.packing.WIDTH` responses of a survey, by their places; made of these alone.

    `names`: of its sets, `bits` the sets behind each other; `revision` grows when it is made anew. `gone`: places whose
    responses were erased since, kept by a trigger.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+")
    number = models.IntegerField()
    revision = models.IntegerField(default=1)
    names = models.JSONField(default=list)
    bits = models.BinaryField()
    gone = ArrayField(models.IntegerField(), default=list, db_default=Value("{}"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="surveys_tally_block_once")]
