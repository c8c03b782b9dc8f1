"""What is sold: category tree with its attributes, product, packings, pictures, and the channels it is listed in."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from catalog.products.rating import average
from market.channels.models import Channel
from market.common.fields import QuantityField
from market.common.languages import NamedRow, active_language, column
from market.common.quantity import UNIT_CHOICES
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Certificate, Enterprise
from market.regions.models import OrgUnit


class CategoryQuerySet(models.QuerySet["Category"]):
    def subtree(self, path: str) -> Self:
        return self.filter(path__startswith=path)


class Category(NamedRow):
    slug = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, help_text="slugs from the root down: /fruit/dried/")
    position = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "path"]
        verbose_name_plural = "categories"


class Attribute(NamedRow):
    """A property of all goods in a category and below it. `code` means the same throughout the marketplace and never
    changes, as `kind` does not: products and addresses speak of it."""

    class Kind(models.TextChoices):
        CHOICE = "choice", _("one of several values")
        NUMBER = "number", _("a number")
        YES_NO = "yes_no", _("yes or no")

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="attributes")
    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    unit_zh = models.CharField(max_length=20, blank=True, help_text="of a number; the other languages fall back to it")
    unit_en = models.CharField(max_length=20, blank=True)
    unit_ru = models.CharField(max_length=20, blank=True)
    steps = models.JSONField(
        default=list, help_text="of a number: bounds of the filter's ranges as text, rising; empty: by exact values"
    )
    is_facet = models.BooleanField(default=True, help_text="buyers filter by it")
    is_required = models.BooleanField(default=False, help_text="nothing is published without it")
    is_retired = models.BooleanField(default=False, help_text="neither asked for nor shown any more")
    position = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "code"]


class AttributeValue(NamedRow):
    """What a product may say of an attribute that is a choice. What was once offered is retired, not deleted."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="values")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["attribute", "code"], name="attribute_value_once")]


class ProductQuerySet(TenantQuerySet["Product"]):
    def published(self) -> Self:
        """Products the public may see: published, by an enterprise that sells."""
        return self.filter(state=Product.State.PUBLISHED, enterprise__state=Enterprise.State.APPROVED)


class Product(NamedRow):
    """A farm product of one enterprise. Its origin is written once and never edited away."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Grade(models.TextChoices):
        PREMIUM = "premium", _("premium")
        FIRST = "first", _("first grade")
        SECOND = "second", _("second grade")
        UNGRADED = "ungraded", _("ungraded")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    description_zh = models.TextField(_("description in Chinese"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    description_ru = models.TextField(_("description in Russian"), blank=True)
    origin_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="products")
    origin_country = models.CharField(max_length=2, default="CN")
    origin_subdivision = models.CharField(max_length=6, default="CN-XJ", help_text="ISO 3166-2")
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True, help_text="digits only")
    hs_edition = models.CharField(max_length=7, default="HS2022")
    grade = models.CharField(_("grade"), max_length=10, choices=Grade, default=Grade.UNGRADED)
    season_months = models.JSONField(_("harvest months"), default=list, help_text="numbers 1 to 12; empty: all year")
    badges = models.JSONField(
        default=list,
        help_text="checked certificates that cover it, copied by actions.certify: kind, number, body, valid_to",
    )
    attributes = models.JSONField(
        default=dict,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="code of an attribute -> code of its value, number as text, or true and false",
    )
    rating_count = models.PositiveIntegerField(default=0, db_default=0, help_text="reviews that are shown")
    rating_sum = models.PositiveIntegerField(default=0, db_default=0, help_text="their stars; by actions.set_rating")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["enterprise", "-updated_at"], name="product_of_enterprise")]

    @property
    def description(self) -> str:
        return str(getattr(self, column("description", active_language())) or self.description_zh)

    @property
    def rating(self) -> Decimal | None:
        """The average of its stars, as it is shown; None without a review."""
        return average(self.rating_count, self.rating_sum)

    @property
    def slug(self) -> str:
        return slug_of(self.name_en)


class CertifiedProduct(models.Model):
    """The certificate covers this product of its firm."""

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="covered")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="covering")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "product"], name="certified_once")]

    def __str__(self) -> str:
        return f"{self.certificate} covers {self.product}"


@lru_cache(maxsize=4_000)
def slug_of(name_en: str) -> str:
    return slugify(name_en) or "product"


class ChannelListing(models.Model):
    """The product is offered in this channel."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="listings")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="listings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "channel"], name="listing_once")]

    def __str__(self) -> str:
        return f"{self.product} in {self.channel}"


class VariantQuerySet(TenantQuerySet["Variant"]):
    enterprise_lookup = "product__enterprise_id"
    unit_path_lookup = "product__enterprise__unit__path"


class Variant(models.Model):
    """A packing of a product: the thing that is counted, priced, stocked and ordered. Quantities count this unit."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(_("SKU"), max_length=40)
    unit = models.CharField(_("unit"), max_length=3, choices=UNIT_CHOICES, default="XBX")
    net_kg = QuantityField(_("net weight, kg"), help_text="of one unit")
    gross_kg = QuantityField(_("gross weight, kg"), help_text="of one unit")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = VariantQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "sku"], name="variant_sku_once"),
            models.CheckConstraint(condition=Q(net_kg__gt=0), name="variant_net_weight_positive"),
            models.CheckConstraint(condition=Q(gross_kg__gte=models.F("net_kg")), name="variant_gross_not_below_net"),
        ]
        indexes = [models.Index(Upper("sku"), name="variant_sku_any_case")]

    def __str__(self) -> str:
        return self.sku


def picture_url(name: str) -> str:
    """An address that stays: a store's signed links run out, and the index keeps what it is given."""
    return f"{settings.MEDIA_URL}{name}"


def rendering_url(name: str, thumbnails: Mapping[str, str], width: int) -> str:
    """Address of the smallest rendering of a picture at least this wide, else of the widest."""
    if exactly := thumbnails.get(str(width)):
        return picture_url(exactly)
    widths = [int(key) for key in thumbnails]
    if not widths:
        return picture_url(name)
    best = min((w for w in widths if w >= width), default=max(widths))
    return picture_url(thumbnails[str(best)])


class ProductImage(models.Model):
    """A picture and its thumbnails, rendered once at upload."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products/original/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    thumbnails = models.JSONField(default=dict, help_text="width in pixels -> storage path of the WebP file")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.file.name)

    def thumbnail_url(self, width: int) -> str:
        return rendering_url(str(self.file.name), self.thumbnails, width)

    @property
    def url_160(self) -> str:
        return self.thumbnail_url(160)

    @property
    def url_320(self) -> str:
        return self.thumbnail_url(320)

    @property
    def url_480(self) -> str:
        return self.thumbnail_url(480)
