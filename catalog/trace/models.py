"""What happened to lots, event by event as EPCIS 2.0 words it, and which lot was made from which.

Events are only added: triggers refuse to change or delete one. Who was where is read from them; `LotEdge` and what an
event says of lots and units are copies of its words that a database can join.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from market.accounts.models import User
from market.common.fields import QuantityField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise

LONGEST_URI = 200


class TracedLotQuerySet(TenantQuerySet["TracedLot"]):
    pass


class TracedLot(models.Model):
    """A lot as events speak of it: one of the market (`lot`), or one that the market does not sell, such as seed,
    fertiliser or what a partner's system names. Of one enterprise: the same address said by two are two lots."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="traced_lots")
    uri = models.CharField(max_length=LONGEST_URI)
    lot = models.OneToOneField(HarvestLot, on_delete=models.PROTECT, null=True, related_name="traced")
    net_kg = QuantityField(null=True, help_text="of one piece, where it is counted")

    objects = TracedLotQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "uri"], name="traced_lot_once")]

    def __str__(self) -> str:
        return self.uri

    @property
    def number(self) -> str:
        """As people call it: our lot number, else the last part of its address."""
        return self.lot.number if self.lot else self.uri.rstrip("/").rpartition("/")[2].rpartition(":")[2]


class TraceEventQuerySet(TenantQuerySet["TraceEvent"]):
    def standing(self) -> "TraceEventQuerySet":
        """Events that hold: neither declared an error, nor such a declaration."""
        return self.filter(corrects__isnull=True, declaration__isnull=True)


class TraceEvent(models.Model):
    """One event of one enterprise, a link of its chain. `payload` is the canonical JSON that came, the columns are what
    is asked for. A declaration of error is a row of its own that `corrects` another; nothing is edited."""

    class Type(models.TextChoices):
        OBJECT = "ObjectEvent"
        AGGREGATION = "AggregationEvent"
        TRANSACTION = "TransactionEvent"
        TRANSFORMATION = "TransformationEvent"
        ASSOCIATION = "AssociationEvent"

    class Reason(models.TextChoices):
        DID_NOT_OCCUR = "did_not_occur", _("it did not happen")
        INCORRECT_DATA = "incorrect_data", _("something in it was wrong")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="trace_events")
    event_id = models.CharField(max_length=LONGEST_URI)
    type = models.CharField(max_length=20, choices=Type)
    action = models.CharField(max_length=7, blank=True)
    event_time = models.DateTimeField()
    offset = models.CharField(max_length=6, help_text="of the place from UTC, such as +08:00")
    recorded_at = models.DateTimeField()
    biz_step = models.CharField(max_length=LONGEST_URI, blank=True)
    disposition = models.CharField(max_length=LONGEST_URI, blank=True)
    read_point = models.CharField(max_length=LONGEST_URI, blank=True)
    location = models.CharField(max_length=LONGEST_URI, blank=True)
    transformation_id = models.CharField(max_length=LONGEST_URI, blank=True)
    payload = models.TextField()
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="declaration")
    error_reason = models.CharField(max_length=14, choices=Reason, blank=True)
    by_market = models.BooleanField(default=False, help_text="seen by the market itself, not told by the enterprise")
    sequence = models.PositiveBigIntegerField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = TraceEventQuerySet.as_manager()

    class Meta:
        ordering = ["event_time", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "event_id"], condition=Q(corrects__isnull=True), name="trace_event_once"
            ),
            models.UniqueConstraint(fields=["enterprise", "sequence"], name="trace_sequence_once"),
            models.UniqueConstraint(fields=["enterprise", "previous_hash"], name="trace_chain_never_forks"),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "transformation_id"],
                name="trace_transformation",
                condition=~Q(transformation_id=""),
            )
        ]

    def __str__(self) -> str:
        return self.event_id


class TraceHead(models.Model):
    """The end of an enterprise's chain: locked by whoever appends, so that two writers cannot fork it."""

    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="trace_head")
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.hash


class TraceEventLot(models.Model):
    """What an event says of a lot. `unit` is the code of UN/ECE Recommendation 20; empty quantity: all of it."""

    class Role(models.TextChoices):
        INPUT = "input"
        OUTPUT = "output"
        OBJECT = "object"
        CHILD = "child"

    event = models.ForeignKey(TraceEvent, on_delete=models.PROTECT, related_name="lots")
    lot = models.ForeignKey(TracedLot, on_delete=models.PROTECT, related_name="said")
    role = models.CharField(max_length=6, choices=Role)
    quantity = QuantityField(null=True)
    unit = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="trace_quantity_positive")]

    def __str__(self) -> str:
        return f"{self.role} {self.lot}"


class TraceEventUnit(models.Model):
    """What an event says of a pallet or a case, by the address of its SSCC. Lots that are packed on it are children of
    the same event, where it is the parent."""

    class Role(models.TextChoices):
        OBJECT = "object"
        PARENT = "parent"
        CHILD = "child"

    event = models.ForeignKey(TraceEvent, on_delete=models.PROTECT, related_name="units")
    uri = models.CharField(max_length=LONGEST_URI)
    role = models.CharField(max_length=6, choices=Role)

    class Meta:
        indexes = [models.Index(fields=["uri"], name="trace_unit")]

    def __str__(self) -> str:
        return f"{self.role} {self.uri}"


class LotEdge(models.Model):
    """`child` was made from `parent`, by what `event` and the other events of its transformation say. Written anew when
    one of them is declared an error."""

    parent = models.ForeignKey(TracedLot, on_delete=models.PROTECT, related_name="went_into")
    child = models.ForeignKey(TracedLot, on_delete=models.PROTECT, related_name="came_from")
    event = models.ForeignKey(TraceEvent, on_delete=models.PROTECT, related_name="edges")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "child", "event"], name="lot_edge_once"),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="lot_edge_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.parent} → {self.child}"


class CaptureQuerySet(TenantQuerySet["Capture"]):
    pass


class Capture(models.Model):
    """A document that was handed in, and what became of it: all of its events, or none and why."""

    number = models.CharField(max_length=20, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="captures")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)
    error = models.JSONField(default=dict, help_text="code, message and details of the refusal; empty: captured")

    objects = CaptureQuerySet.as_manager()

    def __str__(self) -> str:
        return self.number
