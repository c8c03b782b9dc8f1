from django.db import models
from django.db.models import Q


class Deadline(models.Model):
    """A due time of any subject. The subject is values, not a key: all floors use this table."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="deadline_once")]
        indexes = [models.Index(fields=["due_at"], name="deadline_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} due {self.due_at:%Y-%m-%d %H:%M}"


class WorkDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a Saturday or Sunday worked instead of one."""

    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=120, blank=True, help_text="which holiday, or instead of which")

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {'working' if self.is_working else 'free'}"
