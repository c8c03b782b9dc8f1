"""Shipments: what left, in which lots, and where it is. One parcel per waybill."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from market.common.fields import QuantityField
from market.common.tenancy import TenantQuerySet
from orders.orders.models import OrderLine, SellerOrder


class Status(models.TextChoices):
    """Canonical physical status (carriers.md, section 4)."""

    UNKNOWN = "unknown", _("no news yet")
    PRE_TRANSIT = "pre_transit", _("announced to the carrier")
    PICKED_UP = "picked_up", _("picked up")
    IN_TRANSIT = "in_transit", _("in transit")
    CUSTOMS = "customs", _("at customs")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    DELIVERY_ATTEMPTED = "delivery_attempted", _("delivery attempted")
    AVAILABLE_FOR_PICKUP = "available_for_pickup", _("ready for pickup")
    RETURNING = "returning", _("on its way back")
    DELIVERED = "delivered", _("delivered")
    RETURNED = "returned", _("returned")
    FAILED = "failed", _("lost or destroyed")
    CANCELLED = "cancelled", _("cancelled")


class ShipmentQuerySet(TenantQuerySet["Shipment"]):
    enterprise_lookup = "seller_order__enterprise_id"
    unit_path_lookup = "seller_order__enterprise__unit__path"


class Shipment(models.Model):
    """One parcel or truck of a seller order with one waybill; its status is the fold of its events."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="shipments")
    number = models.CharField(max_length=28, unique=True)
    carrier = models.CharField(max_length=40)
    waybill = models.CharField(max_length=60)
    status = models.CharField(max_length=24, choices=Status, default=Status.UNKNOWN)
    substatus = models.CharField(max_length=40, blank=True)
    flags = models.JSONField(default=list)
    monitoring = models.CharField(max_length=12, default="active")
    status_at = models.DateTimeField(null=True)
    eta = models.CharField(max_length=40, blank=True, help_text="date or UTC time, as the carrier gave it")
    shipped_at = models.DateTimeField()

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["carrier", "waybill", "seller_order"], name="shipment_waybill_once")
        ]
        indexes = [models.Index(fields=["waybill"], name="shipment_waybill")]

    def __str__(self) -> str:
        return self.number


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


class TrackingEvent(models.Model):
    """One thing a carrier told, kept for ever; the status is folded from all of them."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="events")
    key = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=24, blank=True)
    substatus = models.CharField(max_length=40, blank=True)
    flags = models.JSONField(default=list)
    sequence = models.PositiveIntegerField(default=0)
    place = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=400, blank=True)
    raw_code = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["occurred_at", "sequence", "id"]
        constraints = [models.UniqueConstraint(fields=["shipment", "key"], name="tracking_event_once")]

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M} {self.status}"
