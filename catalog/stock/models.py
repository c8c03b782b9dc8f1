"""Stock: warehouses, what lies in them, who has reserved it, and every movement."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Variant
from market.accounts.models import User
from market.common.fields import QuantityField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise


class WarehouseQuerySet(TenantQuerySet["Warehouse"]):
    pass


class Warehouse(models.Model):
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="warehouses")
    code = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=80)
    place = models.CharField(_("place"), max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    objects = WarehouseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "code"], name="warehouse_code_once")]

    def __str__(self) -> str:
        return self.name


class StockItemQuerySet(TenantQuerySet["StockItem"]):
    enterprise_lookup = "warehouse__enterprise_id"
    unit_path_lookup = "warehouse__enterprise__unit__path"


class StockItem(models.Model):
    """How much of a packing lies in a warehouse. The database itself refuses to promise more than there is."""

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="stock_items")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock_items")
    on_hand = QuantityField(default=0)
    reserved = QuantityField(default=0)

    objects = StockItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="stock_item_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="stock_reserved_within_on_hand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant} in {self.warehouse}"

    @property
    def unreserved(self) -> Decimal:
        """What nobody has been promised."""
        return Decimal(self.on_hand - self.reserved)


class Reservation(models.Model):
    """Stock promised to an order line, until it is shipped or released. The order is a number: it stands above."""

    class State(models.TextChoices):
        ACTIVE = "active"
        RELEASED = "released"
        FULFILLED = "fulfilled"

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    order_number = models.CharField(max_length=30)
    line_position = models.PositiveSmallIntegerField()
    quantity = QuantityField()
    fulfilled = QuantityField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_number", "line_position", "stock_item"], name="reservation_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, fulfilled__gte=0, fulfilled__lte=F("quantity")),
                name="reservation_fulfilled_within_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.order_number}"


class StockMovement(models.Model):
    """The append-only ledger of goods: what came, what went, why."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        SHIPMENT = "shipment", _("shipment")
        ADJUSTMENT = "adjustment", _("adjustment")
        RETURN = "return", _("return")

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = QuantityField(help_text="signed")
    lot_number = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="movement_not_zero")]
        indexes = [models.Index(fields=["stock_item", "-at"], name="movement_of_item")]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity} {self.stock_item}"
