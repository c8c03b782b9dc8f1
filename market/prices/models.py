"""Market prices: the goods and places they are told of, the reports, and the daily bands made of them."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Category, Product
from market.accounts.models import User
from market.common.fields import AmountField, QuantityField
from market.common.languages import NamedRow
from market.common.tenancy import TenantQuerySet
from market.prices.outliers import Compared
from market.prices.quartiles import BandState
from market.prices.states import LIVE, WAITING, ReportState
from market.prices.units import ReportUnit
from market.regions.models import OrgUnit


class Series(NamedTuple):
    """Prices that may be compared: never of two grades or two bases."""

    commodity: int
    grade: str
    place: int
    basis: str
    currency: str


SERIES = ("commodity_id", "grade", "place_id", "basis", "currency")
FIGURES = ("p25", "median", "p75")


class Commodity(NamedRow):
    """A good as markets speak of it, whoever sells it: Hami melon, flat peach."""

    slug = models.SlugField(max_length=60, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="commodities")
    aliases = models.JSONField(default=list, help_text="other names in tables and in names of products")

    class Meta:
        ordering = ["slug"]
        verbose_name_plural = "commodities"

    @property
    def names(self) -> list[str]:
        return [name for name in (self.name_zh, self.name_en, self.name_ru, *self.aliases) if name]


class PricePlaceQuerySet(TenantQuerySet["PricePlace"]):
    unit_path_lookup = "unit__path"


class PricePlace(NamedRow):
    """Where prices are told of: a wholesale market, or the fields of an area. `unit` watches it."""

    code = models.SlugField(max_length=40, unique=True)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="price_places")

    objects = PricePlaceQuerySet.as_manager()

    class Meta:
        ordering = ["code"]


class Basis(models.TextChoices):
    FARM_GATE = "farm_gate", _("farm gate")
    WHOLESALE = "wholesale", _("wholesale")
    RETAIL = "retail", _("retail")
    EXPORT = "export", _("export")


class Source(models.TextChoices):
    BULLETIN = "bulletin", _("bulletin of the market")
    SURVEY = "survey", _("survey by an officer")
    TRADER = "trader", _("trader or buyer")
    GROWER = "grower", _("grower")


class PriceReportQuerySet(TenantQuerySet["PriceReport"]):
    unit_path_lookup = "org_unit__path"

    def waiting(self) -> "PriceReportQuerySet":
        return self.filter(state__in=WAITING)


class PriceReport(models.Model):
    """What one source said of one good on one market day. Figures are per kilogram; `raw` keeps what was told."""

    place = models.ForeignKey(PricePlace, on_delete=models.PROTECT, related_name="reports")
    commodity = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="reports")
    grade = models.CharField(max_length=10, choices=Product.Grade)
    basis = models.CharField(max_length=10, choices=Basis)
    unit = models.CharField(max_length=3, choices=ReportUnit, help_text="that the source told it in")
    low = AmountField()
    mid = AmountField()
    high = AmountField()
    currency = models.CharField(max_length=3, default="CNY")
    day = models.DateField()
    reporter = models.CharField(max_length=80, help_text="who said it: one vote")
    source = models.CharField(max_length=10, choices=Source)
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="price_reports")
    state = models.CharField(max_length=10, choices=ReportState)
    is_confirmed = models.BooleanField(default=False, help_text="out of line, and confirmed by hand or a second source")
    judgement = models.JSONField(default=dict, help_text="rule, compared, days, median, limit; empty: not judged yet")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction"
    )
    raw = models.JSONField(default=dict, help_text="low, mid, high and unit as they were told; file and line if any")
    reason = models.CharField(max_length=500, blank=True, help_text="why it was rejected or corrected")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = PriceReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(low__gt=0), name="price_report_above_zero"),
            models.CheckConstraint(condition=Q(low__lte=F("mid"), mid__lte=F("high")), name="price_report_in_order"),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="price_report_not_its_own_correction"),
            models.UniqueConstraint(
                fields=["commodity", "place", "day", "grade", "basis", "currency", "reporter"],
                condition=Q(state__in=LIVE),
                name="price_report_once",
            ),
        ]
        indexes = [
            models.Index(fields=["org_unit", "day"], name="price_report_waits", condition=Q(state__in=WAITING)),
            models.Index(
                fields=["commodity", "place", "day"], name="price_report_history", condition=Q(state="accepted")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commodity} {self.day}: {self.mid} {self.currency}/kg"

    @property
    def series(self) -> Series:
        return Series(self.commodity_id, self.grade, self.place_id, self.basis, self.currency)

    @property
    def middle(self) -> Decimal | None:
        """The median it was compared with, per kilogram."""
        return Decimal(self.judgement["median"]) if "median" in self.judgement else None

    @property
    def limit(self) -> Decimal | None:
        """How far from it the rule allows."""
        return Decimal(self.judgement["limit"]) if "limit" in self.judgement else None

    @property
    def compared(self) -> str:
        """What it was compared with, in words; empty before it was judged."""
        code = self.judgement.get("compared", "")
        return str(Compared(code).label) if code else ""


class PriceBand(models.Model):
    """Quartiles of a series on a day, one vote for each source. A row is what was known from one moment to another:
    it is closed and a new one written, never changed, so that one can ask what was known when."""

    commodity = models.ForeignKey(Commodity, on_delete=models.PROTECT, related_name="bands")
    grade = models.CharField(max_length=10, choices=Product.Grade)
    place = models.ForeignKey(PricePlace, on_delete=models.PROTECT, related_name="bands")
    basis = models.CharField(max_length=10, choices=Basis)
    currency = models.CharField(max_length=3)
    day = models.DateField()
    p25 = AmountField(null=True)
    median = AmountField(null=True)
    p75 = AmountField(null=True)
    sources = models.PositiveSmallIntegerField(help_text="how many had a vote")
    kinds = models.JSONField(default=list, help_text="of sources, each once")
    volume = QuantityField(null=True, help_text="kg; of own trades, which are not reckoned yet")
    state = models.CharField(max_length=10, choices=BandState)
    rule_version = models.PositiveSmallIntegerField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commodity", "place", "grade", "basis", "currency", "day"],
                condition=Q(known_to=None),
                name="price_band_once",
            ),
            models.CheckConstraint(
                condition=Q(state="empty", sources=0, p25=None, median=None, p75=None)
                | Q(sources__gt=0, p25__gt=0, p25__lte=F("median"), median__lte=F("p75")),
                name="price_band_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="public") | Q(sources__gte=3), name="price_band_public_from_three"
            ),
            models.CheckConstraint(
                condition=Q(known_to=None) | Q(known_to__gte=F("known_from")), name="price_band_known_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["commodity", "-day"], name="price_band_newest", condition=Q(state="public", known_to=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.commodity} {self.day}: {self.state}"

    @property
    def series(self) -> Series:
        return Series(self.commodity_id, self.grade, self.place_id, self.basis, self.currency)

    @property
    def key(self) -> tuple[Series, date]:
        return self.series, self.day

    @property
    def kind_words(self) -> list[str]:
        return [str(Source(kind).label) for kind in self.kinds]

    def says(self) -> tuple[Any, ...]:
        """What a newer band is compared with."""
        return (*(getattr(self, name) for name in FIGURES), self.sources, self.kinds, self.state, self.rule_version)
