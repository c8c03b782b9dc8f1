"""A table of products that somebody handed in: the job, its file while somebody needs it, its rows in chunks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise


class ImportQuerySet(TenantQuerySet["ImportJob"]):
    pass


class ImportJob(models.Model):
    """Read, checked, looked at by a person, run. `new`, `changed`, `unchanged` and `wrong` count rows: as the check saw
    them, and once it runs as it goes. What is found wrong is told in `language`, that of who handed it in."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        UNREADABLE = "unreadable", _("cannot be read")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing taken over yet")
        RUNNING = "running", _("being taken over")
        DONE = "done", _("taken over")

    number = models.CharField(max_length=20, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    file_name = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    publishes = models.BooleanField(default=False, help_text="new products are published, else they are drafts")
    headings = models.JSONField(default=list, help_text="of the columns, as they stand in the file")
    keys = models.JSONField(default=list, help_text="what each column is, beside its heading; empty: not known")
    remarks = models.JSONField(default=list, help_text="sentences about the file as a whole")
    total = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="why it cannot be read")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often reading was begun")
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="import_of_enterprise"),
            models.Index(fields=["id"], name="import_to_do", condition=Q(state__in=["reading", "checking", "running"])),
        ]
        constraints = [
            # Two at once would both find a code new, and make it twice.
            models.UniqueConstraint(
                fields=["enterprise"], name="one_import_runs_at_a_time", condition=Q(state="running")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def good(self) -> int:
        """Rows that would be, or were, written."""
        return self.new + self.changed

    @property
    def seen(self) -> int:
        """Rows that the check, or the run, is done with."""
        return self.new + self.changed + self.unchanged + self.wrong

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.READING, self.State.CHECKING, self.State.RUNNING)


class ImportFile(models.Model):
    """What was handed in, until it is read; or the same rows given back with what is wrong marked."""

    class Kind(models.TextChoices):
        GIVEN = "given"
        MARKED = "marked"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=6, choices=Kind)
    raw = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "kind"], name="import_file_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.kind}"


class ImportChunk(models.Model):
    """Some hundred rows in a row; those of one product stand in one chunk. Written as a whole or not at all.

    `rows` and `verdicts` are JSON as text, since no statement looks into them: `staging.Row` and `check.Verdict`."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    rows = models.TextField()
    verdicts = models.TextField(blank=True)
    wrong = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.position}"
