"""Short messages that wait to be sent or have been: who was told what, once."""

from django.db import models
from django.db.models import Q


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
