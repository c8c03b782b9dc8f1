"""Short messages that wait to be sent or have been: who was told what, once."""

from django.db import models
from django.db.models import Q

# Variables that name the matter, the nearest first.
ABOUT = ("order", "claim", "enquiry", "recall", "account")


class QueuedMessage(models.Model):
    """`key` names what is told to whom, so that telling it twice sends it once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    key = models.CharField(max_length=160, unique=True)
    phone = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    language = models.CharField(max_length=10)
    values = models.JSONField(default=dict)
    words = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="sms_waiting", condition=Q(state="waiting")),
            models.Index(fields=["phone", "created_at"], name="sms_of_phone"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def masked(self) -> str:
        """The number as somebody may see it who only has to know which it is."""
        return f"{self.phone[:3]}…{self.phone[-4:]}"

    @property
    def about(self) -> str:
        """The number of what it tells of; empty where its kind has none."""
        return str(next((self.values[name] for name in ABOUT if name in self.values), ""))
