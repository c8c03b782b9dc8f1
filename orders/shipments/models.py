"""Shipments: what left, in which lots, and where it is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from market.common.fields import ExactDecimalField, QuantityField
from market.common.tenancy import TenantQuerySet
from orders.orders.models import OrderLine, SellerOrder
from orders.shipments.statuses import ENDED_IN_VAIN as ENDED_IN_VAIN
from orders.shipments.statuses import TERMINAL as TERMINAL
from orders.shipments.statuses import TURNED as TURNED
from orders.shipments.statuses import Flag as Flag
from orders.shipments.statuses import Status as Status
from orders.shipments.statuses import event_words as event_words
from orders.shipments.temperature import Excursion, Limits, Span, Verdict


class ShipmentQuerySet(TenantQuerySet["Shipment"]):
    enterprise_lookup = "seller_order__enterprise_id"
    unit_path_lookup = "seller_order__enterprise__unit__path"


class Shipment(models.Model):
    """One parcel or truck of a seller order with one waybill, or several parcels that left together, of which
    `waybill` is the first; its status is the fold of its events."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="shipments")
    number = models.CharField(max_length=28, unique=True)
    carrier = models.CharField(max_length=40)
    waybill = models.CharField(max_length=200)
    status = models.CharField(max_length=24, choices=Status, default=Status.UNKNOWN)
    substatus = models.CharField(max_length=40, blank=True)
    flags = models.JSONField(default=list)
    monitoring = models.CharField(max_length=12, default="active")
    status_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True)
    eta = models.CharField(max_length=40, blank=True, help_text="date or UTC time, as the carrier gave it")
    eta_from = models.CharField(max_length=40, blank=True)
    eta_to = models.CharField(max_length=40, blank=True)
    eta_told = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="said of the whole: the estimate unless an event gives one",
    )
    eta_as_of = models.DateTimeField(null=True, help_text="own time of the push the estimate came in")
    monitoring_as_of = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=120, blank=True)
    signed_by_as_of = models.DateTimeField(null=True)
    corrected_carrier = models.CharField(max_length=40, blank=True)
    corrected_carrier_as_of = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True, help_text="last time the carrier told anything")
    silent_since = models.DateTimeField(null=True, help_text="raised to the seller: nothing heard for too long")
    out_of_range_at = models.DateTimeField(null=True, help_text="raised to the seller: first temperature outside")

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier", "waybill", "seller_order"], name="shipment_waybill_once")
        ]
        indexes = [
            models.Index(fields=["waybill"], name="shipment_waybill"),
            models.Index(
                fields=["shipped_at"],
                name="shipment_watched",
                condition=Q(silent_since__isnull=True)
                & ~Q(status__in=["delivered", "returned", "failed", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def needs_attention(self) -> bool:
        """A person should look; `queries.troubled` asks the same of many."""
        has_raised = self.silent_since is not None or self.out_of_range_at is not None
        is_lost = bool(self.flags) or self.status in TURNED or has_raised
        return is_lost or any(parcel.silent_since is not None for parcel in self.parcels.all())


class ShipmentLine(models.Model):
    """So much of an order line, from this lot."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    lot = models.ForeignKey(HarvestLot, on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line", "lot"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.lot}"


class Parcel(models.Model):
    """One piece of a shipment with a number of its own: declared by the seller (then the shipment's own waybill is one
    of them), or named by the carrier."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="parcels")
    number = models.CharField(max_length=200)
    status = models.CharField(max_length=24, choices=Status, default=Status.UNKNOWN)
    substatus = models.CharField(max_length=40, blank=True)
    status_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True, help_text="raised to the seller: nothing heard of it for too long")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "number"], name="parcel_once")]
        indexes = [
            models.Index(fields=["number"], name="parcel_number"),
            models.Index(fields=["silent_since"], name="parcel_silent", condition=Q(silent_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class TrackingEvent(models.Model):
    """One thing a carrier told, kept for ever; the status is folded from all of them."""

    class Aside(models.TextChoices):
        """Why an event counts for nothing."""

        FUTURE = "future", _("lies in the future")
        ANCIENT = "ancient", _("from long before the order")
        CONFLICT = "conflict", _("contradicts what came before")

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="events")
    key = models.CharField(max_length=100)
    source = models.CharField(max_length=20, blank=True, help_text="code of the adapter")
    parcel = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    local_time = models.CharField(max_length=40, blank=True, help_text="as written, where no zone is known")
    received_at = models.DateTimeField()
    classifier = models.CharField(max_length=3, default="ACT")
    status = models.CharField(max_length=24, blank=True)
    substatus = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, blank=True, help_text="milestone")
    group = models.CharField(max_length=20, blank=True)
    flags = models.JSONField(default=list)
    sequence = models.PositiveIntegerField(default=0)
    place = models.CharField(max_length=200, blank=True)
    location = models.CharField(max_length=10, blank=True, help_text="UN/LOCODE")
    text = models.CharField(max_length=400, blank=True)
    raw_code = models.CharField(max_length=80, blank=True)
    is_unmapped = models.BooleanField(default=False)
    version = models.DateTimeField(null=True)
    is_retracted = models.BooleanField(default=False)
    seen_in = models.DateTimeField(null=True, help_text="own time of the newest full history that held it")
    seen_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True, help_text="missing in a newer full history, or retracted")
    aside = models.CharField(max_length=10, choices=Aside, blank=True)
    weight_kg = QuantityField(null=True, help_text="what the scales showed then")

    class Meta:
        ordering = ["occurred_at", "sequence", "id"]
        constraints = [models.UniqueConstraint(fields=["shipment", "parcel", "key"], name="tracking_event_once")]
        indexes = [models.Index(fields=["source", "raw_code"], name="tracking_unmapped", condition=Q(is_unmapped=True))]

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M} {self.status}"

    @property
    def words(self) -> str:
        return event_words(self.status, self.flags)


class TrackingRevision(models.Model):
    """What an event said before the carrier corrected it. Only appended to."""

    event = models.ForeignKey(TrackingEvent, on_delete=models.CASCADE, related_name="revisions")
    occurred_at = models.DateTimeField()
    status = models.CharField(max_length=24, blank=True)
    version = models.DateTimeField(null=True)
    content = models.JSONField(default=dict)
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.event_id} as of {self.version}"


class Retraction(models.Model):
    """A partner takes an event back by its id; it reaches copies of every parcel and shipment, also those that come
    later. Of one event and reach the newest version stands."""

    source = models.CharField(max_length=20, help_text="code of the adapter")
    key = models.CharField(max_length=100)
    version = models.DateTimeField(null=True, help_text="this one and older ones; empty: all")
    reach = models.TextField(blank=True, help_text="carriers and #shipment the partner may speak of; empty: all")

    class Meta:
        indexes = [models.Index(fields=["key"], name="retraction_key")]

    def __str__(self) -> str:
        return f"{self.source} {self.key} as of {self.version}"


class Notice(models.Model):
    """The buyer is told of a status once, when the shipment first enters it. Without `is_due` it was too old to tell,
    or overtaken by a later one."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="notices")
    status = models.CharField(max_length=24, choices=Status)
    occurred_at = models.DateTimeField()
    is_due = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "status"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.status}"


class Alarm(models.Model):
    """The seller's staff is told by mail once of each thing that goes wrong: `key` names it; the row is the claim."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="alarms")
    key = models.CharField(max_length=60)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "key"], name="alarm_once")]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.key}"


class TemperatureReading(models.Model):
    """What a thermometer showed, kept for ever: readings are added and never changed, so that the log is a function of
    them all. `received_at` is the newest receipt where the first lay too far before `at` to be believed."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="readings")
    parcel = models.CharField(max_length=200, blank=True)
    sensor = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    celsius = ExactDecimalField(places=2)
    source = models.CharField(max_length=20, blank=True, help_text="who told it first")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "parcel", "sensor", "at", "celsius"], name="reading_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.celsius}"


class TemperatureLog(models.Model):
    """The range agreed for a shipment and what its readings come to (`temperature.py`). Once known the range stays:
    nobody widens it afterwards. `excursions` are the first fifty of `excursion_count`."""

    shipment = models.OneToOneField(Shipment, on_delete=models.CASCADE, related_name="temperature")
    lower = models.SmallIntegerField(null=True, help_text="degrees Celsius")
    upper = models.SmallIntegerField(null=True, help_text="degrees Celsius")
    readings = models.PositiveIntegerField(default=0)
    lowest = ExactDecimalField(places=2, null=True)
    highest = ExactDecimalField(places=2, null=True)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    excursion_count = models.PositiveIntegerField(default=0)
    excursions = models.JSONField(default=list)
    spans = models.JSONField(default=list)
    changed_at = models.DateTimeField(null=True, help_text="readings, range or journey changed since it was folded")
    raised_at = models.DateTimeField(null=True, help_text="the seller's system was told of the first excursion")

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="log_to_fold", condition=Q(changed_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.readings} readings of {self.shipment_id}"

    @property
    def limits(self) -> Limits:
        return Limits(self.lower, self.upper)

    @property
    def verdict(self) -> Verdict:
        if not self.readings or not self.limits.are_known:
            return Verdict.UNKNOWN
        return Verdict.LEFT if self.excursion_count else Verdict.KEPT

    @property
    def stretches(self) -> list[Excursion]:
        return [Excursion.written(row) for row in self.excursions]

    @property
    def parts(self) -> list[Span]:
        return [Span.written(row) for row in self.spans]
