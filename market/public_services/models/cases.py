"""Cases: applications, their desks, what was done about them, what has to be corrected, their papers."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.deadlines.working_days import last_day
from market.common.fields import AmountField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Certificate, Enterprise
from market.public_services.models.services import ServiceVersion
from market.public_services.states import EDITABLE, ENDED, LEVEL_WORDS, WAITING, Clock, Pause, State
from market.regions.models import OrgUnit

SOON: Final = timedelta(days=2)


class NumberRun(models.Model):
    """The last number an office has given in a year."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="number_run_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year}: {self.last}"


class ApplicationQuerySet(TenantQuerySet["Application"]):
    def handed_in(self) -> "ApplicationQuerySet":
        """What officers may know of: a draft is nobody's business but the enterprise's."""
        return self.filter(submitted_at__isnull=False)

    def whole(self) -> "ApplicationQuerySet":
        return self.select_related("version__item__unit", "enterprise__unit", "created_by")


class Application(models.Model):
    """A case of one enterprise. While it is a draft its number is provisional; the hand-in gives it the office's."""

    number = models.CharField(max_length=40, unique=True)
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="applications")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="service_applications")
    eligibility = models.JSONField(default=dict, help_text="answers to the questions before the start")
    answers = models.JSONField(default=dict, help_text="by name of field, as text: decimals with a point, ISO dates")
    round = models.PositiveSmallIntegerField(default=1, help_text="how often it was handed in, this time included")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    amount = AmountField(null=True, help_text="CNY asked for")
    clock = models.CharField(max_length=8, choices=Clock, default=Clock.STOPPED)
    due_at = models.DateTimeField(null=True, help_text="of whoever has to act now; kept while the clock is paused")
    paused_at = models.DateTimeField(null=True)
    paused_for = models.CharField(max_length=14, choices=Pause, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, help_text="the first time")
    accepted_at = models.DateTimeField(null=True, help_text="the first time: from then on the time to decide runs")
    decided_at = models.DateTimeField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(clock="paused", paused_at__isnull=False) & ~Q(paused_for=""))
                | (~Q(clock="paused") & Q(paused_at=None, paused_for="")),
                name="application_paused_since",
            ),
            models.CheckConstraint(
                condition=Q(clock="stopped") | Q(due_at__isnull=False), name="application_clock_has_due"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="application_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-created_at"], name="application_of_enterprise"),
            models.Index(fields=["due_at"], name="application_waits", condition=Q(state__in=WAITING)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def due_day(self) -> date | None:
        return last_day(self.due_at) if self.due_at else None

    def is_overdue(self, now: datetime) -> bool:
        return self.clock == Clock.RUNNING and self.due_at is not None and self.due_at < now

    def is_due_soon(self, now: datetime) -> bool:
        running = self.clock == Clock.RUNNING and self.due_at is not None and not self.is_overdue(now)
        return running and self.due_at is not None and self.due_at - now <= SOON


class Step(models.Model):
    """One desk of one round. Levels that are not asked have a row too, which says why."""

    class Kind(models.TextChoices):
        ACCEPT = "accept", _("accepting")
        REVIEW = "review", _("reviewing")

    class State(models.TextChoices):
        WAITING = "waiting", _("comes later")
        OPEN = "open", _("has it now")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        ENDED = "ended", _("not reached")

    class Skipped(models.TextChoices):
        NOT_ROUTED = "not_routed", _("this sum and kind of enterprise does not need this level")
        NO_UNIT = "no_unit", _("the enterprise has no unit of this level above it")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(help_text="0 accepts; 1, 2, 3: regiment, division, corps")
    kind = models.CharField(max_length=8, choices=Kind)
    level = models.CharField(max_length=10, choices=OrgUnit.Level)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    skipped_for = models.CharField(max_length=10, choices=Skipped, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "round", "position"], name="step_once"),
            models.UniqueConstraint(fields=["application"], condition=Q(state="open"), name="step_one_open"),
            models.CheckConstraint(
                condition=(Q(state="skipped") & ~Q(skipped_for="")) | (~Q(state="skipped") & Q(skipped_for="")),
                name="step_skipped_with_reason",
            ),
            models.CheckConstraint(condition=Q(state="skipped") | Q(unit__isnull=False), name="step_has_unit"),
        ]
        indexes = [models.Index(fields=["unit"], name="step_open_of_unit", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.application_id} {self.round}.{self.position} {self.level}: {self.state}"

    @property
    def level_words(self) -> str:
        return str(LEVEL_WORDS[self.level])


class StepResult(models.Model):
    """What somebody did, and said. Never changed (a trigger holds it). `answers` of a hand-in: what was handed in, so
    that the next one shows what has changed."""

    class Act(models.TextChoices):
        HAND_IN = "hand_in", _("handed in")
        ACCEPT = "accept", _("accepted as complete")
        REFUSE = "refuse", _("not accepted")
        FORWARD = "forward", _("passed on to review")
        RETURN = "return", _("returned for correction")
        APPROVE = "approve", _("approved at this level")
        REJECT = "reject", _("rejected")
        PAUSE = "pause", _("clock paused")
        RESUME = "resume", _("clock goes on")
        END_PUBLICITY = "end_publicity", _("nobody objected in time")
        FULFIL = "fulfil", _("carried out")
        WITHDRAW = "withdraw", _("withdrawn")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="results")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, related_name="results")
    round = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=14, choices=Act)
    from_state = models.CharField(max_length=12, choices=State)
    to_state = models.CharField(max_length=12, choices=State)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: by the clock")
    instead_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opinion = models.TextField(blank=True)
    remedy = models.TextField(blank=True, help_text="what the enterprise can do about a refusal")
    answers = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.act}"


class CorrectionItem(models.Model):
    """One thing to correct. `target`: the name of a field, or `paper:` and the code of a paper; only
    these open again."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="corrections")
    round = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=80)
    what = models.CharField(max_length=500)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "round", "target"], name="correction_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.round} {self.target}"


class Paper(models.Model):
    """A paper of a case: a file in the store, or a checked certificate of the enterprise that stands in for one. One
    that was checked (accepted with its case) and is still valid is not asked for again."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="paper_rows")
    material = models.CharField(max_length=40, help_text="its code in the version")
    document = models.CharField(max_length=40, blank=True, help_text="what it is, across services")
    file = models.CharField(max_length=200, blank=True, help_text="where it stands in the store")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    content_type = models.CharField(max_length=40, blank=True)
    valid_to = models.DateField(null=True, help_text="the last day")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, null=True, related_name="+")
    reused_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True, help_text="its case was accepted as complete")
    is_current = models.BooleanField(default=True, help_text="no newer one has taken its place")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "material"], condition=Q(is_current=True), name="paper_current_once"
            ),
            models.CheckConstraint(
                condition=Q(file="", certificate__isnull=False) | (~Q(file="") & Q(certificate=None)),
                name="paper_is_file_or_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.material}: {self.name}"
