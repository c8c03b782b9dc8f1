"""What sellers' own systems are told: their endpoints, keys, messages, deliveries and every attempt."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from market.common.ids import new_secret
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise


def new_endpoint_id() -> str:
    return "we_" + new_secret(15)


class EndpointQuerySet(TenantQuerySet["Endpoint"]):
    pass


class Endpoint(models.Model):
    """An address of one enterprise's own system. `types` empty: all types.

    `failures` counts failed attempts in a row; `paused_until` is the breaker, or what the receiver asked for.
    """

    class Off(models.TextChoices):
        BY_PERSON = "person", _("switched off by the staff")
        GONE = "gone", _("the receiver said it is gone (410)")
        FAILING = "failing", _("five days of nothing but failures")

    id = models.CharField(primary_key=True, max_length=40, default=new_endpoint_id, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=2000)
    name = models.CharField(max_length=80, blank=True)
    types = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=8, blank=True, choices=Off)
    off_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True, help_text="last time something was taken to be sent: the next is first")
    told_days = models.PositiveSmallIntegerField(default=0, help_text="of failure, the last the staff was told of")

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, off_reason="", off_at__isnull=True)
                | Q(is_active=False, off_at__isnull=False) & ~Q(off_reason=""),
                name="outbound_off_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.url

    def wants(self, kind: str) -> bool:
        return not self.types or kind in self.types


class EndpointKey(models.Model):
    """A signing key, sealed at rest. During a rotation the old one signs too, until `retires_at`."""

    class Kind(models.TextChoices):
        HMAC = "v1"
        ED25519 = "v1a"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=3, choices=Kind)
    sealed = models.BinaryField()
    public = models.CharField(max_length=80, blank=True, help_text="whpk_ of an ed25519 key")
    created_at = models.DateTimeField()
    retires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} key of {self.endpoint_id}"

    def is_live(self, now: datetime) -> bool:
        return self.retires_at is None or self.retires_at > now


class Message(models.Model):
    """One thing that happened, as one enterprise is told of it. `version` grows for each subject: the newest counts."""

    id = models.CharField(primary_key=True, max_length=40)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="webhook_messages")
    type = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    version = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["occurred_at"], name="outbound_message_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class DeliveryQuerySet(TenantQuerySet["Delivery"]):
    enterprise_lookup: ClassVar[str] = "endpoint__enterprise_id"
    unit_path_lookup: ClassVar[str] = "endpoint__enterprise__unit__path"


class Delivery(models.Model):
    """A message on its way to one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "on its way")
        DONE = "done", _("delivered")
        FAILED = "failed", _("given up")
        HELD = "held", _("held back while switched off")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "message"], name="outbound_delivery_once")]
        indexes = [
            models.Index(fields=["endpoint", "due_at"], name="outbound_waiting", condition=Q(state="waiting")),
            models.Index(fields=["endpoint", "-created_at"], name="outbound_log"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.endpoint_id}"


REFUSED = "refused: "


class Attempt(models.Model):
    """One call: what was sent (its hash), what came back (its beginning), how long it took."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField()
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of the body")
    status = models.PositiveSmallIntegerField(null=True, help_text="of the answer; empty without one")
    error = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=1024, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], name="outbound_attempt_age")]

    def __str__(self) -> str:
        return f"{self.status or self.error} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def was_not_sent(self) -> bool:
        """The name leads to no address that may be called."""
        return self.error.startswith(REFUSED)
