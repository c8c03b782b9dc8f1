"""Harvest lots and where they lie."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from catalog.stock.models import StockItem
from market.accounts.models import User
from market.common.fields import QuantityField
from market.common.ids import new_code
from market.common.plain_text import plain_code
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit


def normal_lot_number(typed: str) -> str:
    """A lot number as it is kept: people type blanks, wide and small letters."""
    return plain_code(typed).upper()


def new_lot_code() -> str:
    """60 bits: nobody finds the lots of a firm by trying."""
    return new_code(12)


class LotQuerySet(TenantQuerySet["HarvestLot"]):
    pass


class HarvestLot(models.Model):
    """One harvest of one product from one place. Its origin is written once."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        QUARANTINED = "quarantined", _("quarantined")
        RECALLED = "recalled", _("recalled")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="lots")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(_("lot number"), max_length=20)
    origin_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="lots")
    origin_subdivision = models.CharField(max_length=6, default="CN-XJ")
    harvested_from = models.DateField(_("harvested from"))
    harvested_to = models.DateField(_("harvested to"))
    best_before = models.DateField(_("best before"), null=True, blank=True)
    grade = models.CharField(max_length=10, choices=Product.Grade, default=Product.Grade.UNGRADED)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    code = models.CharField(
        max_length=12, unique=True, null=True, default=new_lot_code, help_text="of its public page; nobody can guess it"
    )  # empty only where code from before this column has written the row
    created_at = models.DateTimeField()

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "number"], name="lot_number_once"),
            models.CheckConstraint(
                condition=Q(harvested_to__gte=models.F("harvested_from")), name="lot_harvest_window_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LotEvent(models.Model):
    """One move of a lot: from, to, by whom, why, when."""

    lot = models.ForeignKey(HarvestLot, on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12, choices=HarvestLot.State)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.lot}: {self.from_state} → {self.to_state}"


class LotStock(models.Model):
    """How much of a lot lies in a stock item. `on_hand` is part of the item's `on_hand` (what has no lot yet is the
    rest); `held` is in quarantine, lies there too and is counted in neither."""

    lot = models.ForeignKey(HarvestLot, on_delete=models.PROTECT, related_name="stock")
    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="lots")
    on_hand = QuantityField(default=0)
    held = QuantityField(
        default=0, db_default=0
    )  # with a default in the database the code before this one can still insert

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "stock_item"], name="lot_stock_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="lot_stock_not_negative"),
            models.CheckConstraint(condition=Q(held__gte=0), name="lot_held_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.lot}: {self.on_hand}"
