"""Services of authorities for enterprises, and their versions."""

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.fields import AmountField
from market.common.languages import NamedRow
from market.common.tenancy import TenantQuerySet
from market.public_services.schema import (
    TEXTS,
    Condition,
    Field,
    Material,
    Route,
    Section,
    Words,
    conditions_of,
    materials_of,
    routes_of,
    sections_of,
    words_of,
)
from market.regions.models import OrgUnit

PAPER: Final = "paper:"  # before the code of a paper that has to be corrected


class ServiceItemQuerySet(TenantQuerySet["ServiceItem"]):
    unit_path_lookup = "unit__path"


class ServiceItem(NamedRow):
    """What exists: a service of the authority `unit` for the enterprises of its subtree."""

    class Category(models.TextChoices):
        POLICY = "policy", _("support and subsidies")
        FINANCE = "finance", _("finance")
        TALENT = "talent", _("people and training")
        MARKET = "market", _("market and trade")
        CERTIFICATION = "certification", _("certification")
        TESTING = "testing", _("testing")
        DIGITAL = "digital", _("digital")
        IP = "ip", _("trade marks and patents")

    slug = models.SlugField(max_length=60, unique=True)
    category = models.CharField(_("category"), max_length=14, choices=Category)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="service_items")
    legal_ground = models.CharField(_("legal ground"), max_length=500, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="no new application from then on; running ones go on")

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        ordering = ["category", "slug"]
        constraints = [models.CheckConstraint(condition=~Q(slug="applications"), name="service_slug_not_reserved")]


class ServiceVersion(models.Model):
    """The whole of what a service says, as one document: never changed once it is published (a trigger holds it).
    Every case keeps the version it began with."""

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="versions")
    no = models.PositiveSmallIntegerField()
    texts = models.JSONField(default=dict, help_text="summary, audience, result, guide, each in three languages")
    form_schema = models.JSONField(default=dict, help_text="sections and fields")
    conditions = models.JSONField(default=list, help_text="questions before the start")
    materials = models.JSONField(default=list, help_text="papers")
    routing = models.JSONField(default=list, help_text="by sum and kind of organisation: levels and working days")
    accept_days = models.PositiveSmallIntegerField(default=3, help_text="working days to say whether it is complete")
    publicity_days = models.PositiveSmallIntegerField(default=0, help_text="working days; 0: none")
    fee = AmountField(default=Decimal(0), help_text="CNY")
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["item", "no"]
        constraints = [
            models.UniqueConstraint(fields=["item", "no"], name="service_version_once"),
            models.UniqueConstraint(fields=["item"], condition=Q(published_at=None), name="service_version_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.no}"

    @property
    def words(self) -> dict[str, Words]:
        return {name: words_of(self.texts, name) for name in TEXTS}

    @property
    def sections(self) -> tuple[Section, ...]:
        return sections_of(self.form_schema)

    @property
    def fields(self) -> dict[str, Field]:
        return {field.name: field for section in self.sections for field in section.fields}

    @property
    def questions(self) -> tuple[Condition, ...]:
        return conditions_of(self.conditions)

    @property
    def papers(self) -> tuple[Material, ...]:
        return materials_of(self.materials)

    @property
    def target_names(self) -> dict[str, str]:
        """What can be asked to be corrected, and how it is called."""
        names = {name: str(field.label) for name, field in self.fields.items()}
        return names | {f"{PAPER}{paper.code}": str(paper.label) for paper in self.papers}

    @property
    def routes(self) -> tuple[Route, ...]:
        return routes_of(self.routing)
