"""Partners' endpoints and every message that came in through them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.common.ids import new_secret


def new_endpoint_id() -> str:
    return new_secret(18)


class Endpoint(models.Model):
    """One partner account, reached by its opaque id only. `adapter` is a code of MARKET_CARRIERS, or `stripe`."""

    id = models.CharField(primary_key=True, max_length=40, default=new_endpoint_id, editable=False)
    adapter = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class EndpointSecret(models.Model):
    """A live key, sealed at rest. During a rotation the old one stays until `retires_at`."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    retires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"secret of {self.endpoint}"


class InboxEvent(models.Model):
    """One verified message, stored once before it is acknowledged, worked on afterwards."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        DONE = "done", _("done")
        PARKED = "parked", _("needs a person")
        DEAD = "dead", _("given up")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="events")
    key = models.CharField(max_length=140)
    sealed = models.BinaryField(help_text="raw bytes, sealed")
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="inbox_event_once")]
        indexes = [models.Index(fields=["due_at", "id"], name="inbox_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"
