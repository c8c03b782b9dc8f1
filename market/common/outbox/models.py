from django.db import models
from django.db.models import Q


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that made it happen and drained afterwards.

    The payload names the rows; receivers load their state, they never trust the payload to be current.
    """

    topic = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="outbox_open",
                condition=Q(done_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(fields=["done_at"], name="outbox_done", condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject}"
