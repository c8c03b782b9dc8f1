"""Partners' endpoints and every message that came in through them."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.ids import new_secret
from market.common.tenancy import TenantQuerySet
from orders.shipments.models import Shipment


def new_endpoint_id() -> str:
    """Not beginning with a hyphen, which a command line takes for an option."""
    return "e" + new_secret(18)


class Endpoint(models.Model):
    """One partner account, reached by its opaque id only. `adapter` is a code of MARKET_CARRIERS, or `stripe`.

    `carriers` are those whose waybills it may report on; empty for a partner that reports on any carrier's. `networks`:
    where its messages and its program's calls come from, one CIDR a line; empty: from anywhere.
    """

    id = models.CharField(primary_key=True, max_length=40, default=new_endpoint_id, editable=False)
    adapter = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    carriers = models.JSONField(default=list, blank=True)
    networks = models.TextField(blank=True, default="", db_default="")
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

    def is_live(self, now: datetime) -> bool:
        return self.retires_at is None or self.retires_at > now


class ReportLinkQuerySet(TenantQuerySet["ReportLink"]):
    enterprise_lookup = "shipment__seller_order__enterprise_id"
    unit_path_lookup = "shipment__seller_order__enterprise__unit__path"


class ReportLink(models.Model):
    """An address for a partner without software: whoever holds it may report, on this one shipment, or without one on
    the waybills of these `carriers`. What it brings stands in the inbox of `endpoint`."""

    digest = models.CharField(max_length=64, unique=True, help_text="of the secret in the address")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="links")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="links")
    carriers = models.JSONField(default=list, blank=True)
    name = models.CharField(max_length=80, help_text="who was given it")
    shows_address = models.BooleanField(default=False, help_text="street, recipient and phone, until it is delivered")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ReportLinkQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["shipment", "-id"], name="report_link_of_shipment"),
            models.Index(fields=["endpoint", "-id"], name="report_link_of_endpoint", condition=Q(shipment=None)),
        ]

    def __str__(self) -> str:
        return self.name

    def is_live(self, now: datetime) -> bool:
        return self.withdrawn_at is None and self.expires_at > now


BY_HAND = ":by"  # in the headers of what no program sent: `phone` or `file`. No header can be called that


class InboxEvent(models.Model):
    """One verified message, stored once before it is acknowledged, worked on afterwards."""

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        DONE = "done", _("done")
        PARKED = "parked", _("needs a person")
        DEAD = "dead", _("given up")

    class Origin(models.TextChoices):
        """How it came to us."""

        WEBHOOK = "webhook", _("posted by the partner")
        POLL = "poll", _("answer to a question of ours")

    class Outcome(models.TextChoices):
        """What a message turned out to be once it was worked on."""

        TRACKING = "tracking", _("news of shipments")
        PAYMENT = "payment", _("news of a payment")
        CONTROL = "control", _("about the subscription")
        THIN = "thin", _("says only what to fetch")
        IGNORED = "ignored", _("of another kind")

    # The constraint below finds by endpoint; nothing is found by key or by link. Each index costs every message.
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="events", db_index=False)
    secret = models.ForeignKey(
        EndpointSecret,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="that vouched for it",
    )
    link = models.ForeignKey(
        ReportLink,
        on_delete=models.PROTECT,
        null=True,
        related_name="events",
        db_index=False,
        help_text="the address it came by, whose bounds it keeps to",
    )
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.WEBHOOK, db_default="webhook")
    key = models.CharField(max_length=140)
    sealed = models.BinaryField(help_text="raw bytes, sealed; empty once they are no longer kept")
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True, help_text="later than received_at: it came again")
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome)
    is_purged = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="inbox_event_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="inbox_open", condition=Q(state="open")),
            models.Index(fields=["received_at"], name="inbox_unpurged", condition=Q(is_purged=False)),
            models.Index(fields=["endpoint", "received_at"], name="inbox_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"

    @property
    def source(self) -> str:
        """What its events are filed under: the endpoint's format, or how it came without a program."""
        return str(self.headers.get(BY_HAND) or self.endpoint.adapter)


class PartnerApi(models.Model):
    """How we call a partner of ourselves: its key, sealed at rest and never shown, and how the calls go.

    `addresses`: where its API stands, for partners that each have one of their own; nothing else of theirs is fetched.
    `failures` counts failed calls in a row; `paused_until` is the breaker, or what the partner asked for.
    """

    endpoint = models.OneToOneField(Endpoint, on_delete=models.CASCADE, primary_key=True, related_name="api")
    sealed_key = models.BinaryField()
    service = models.CharField(max_length=40, blank=True)
    addresses = models.JSONField(default=list, blank=True)
    is_on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    noted_to = models.BigIntegerField(null=True, help_text="shipments up to this one are noted; empty: all are")
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True, help_text="last time it was called: the next is first")
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, blank=True, help_text="of the newest failure; a code, no text of theirs")

    def __str__(self) -> str:
        return f"API of {self.endpoint_id}"


class Errand(models.Model):
    """Something a partner is called for: about a shipment, or to fetch or confirm what a message spoke of.

    Claimed by moving its time on; without a time there is nothing left to do.
    """

    class Kind(models.TextChoices):
        POLL = "poll", _("ask for news")
        SUBSCRIBE = "subscribe", _("subscribe")
        FETCH = "fetch", _("fetch what changed")
        CONFIRM = "confirm", _("confirm the subscription")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="errands")
    kind = models.CharField(max_length=9, choices=Kind)
    subject = models.CharField(max_length=400, help_text="shipment and waybill, address, or number of the message")
    waybill = models.CharField(max_length=200, blank=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0, help_text="that failed, in a row")
    done_at = models.DateTimeField(null=True, help_text="last time it went well, or when it was given up")
    told = models.CharField(max_length=64, blank=True, help_text="digest of the newest answer")
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "kind", "subject"], name="errand_once")]
        indexes = [
            models.Index(fields=["endpoint", "due_at", "id"], name="errand_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["done_at"], name="errand_done", condition=Q(due_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
