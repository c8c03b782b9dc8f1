"""What buyers say about what they were delivered, and what the seller answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from catalog.products.rating import LEAST, MOST
from market.accounts.models import User
from market.common.languages import HTML_LANG, LANGUAGES
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder


class ReviewQuerySet(TenantQuerySet["Review"]):
    pass


class Review(models.Model):
    """One per product of a delivered seller order, by who ordered. Only shown ones count in the product's rating."""

    class State(models.TextChoices):
        SHOWN = "shown", _("shown")
        HIDDEN = "hidden", _("hidden by an officer")
        WITHDRAWN = "withdrawn", _("withdrawn by its writer")

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="reviews")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="reviews")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="reviews")
    writer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reviews")
    signature = models.CharField(max_length=10, help_text="the writer as strangers are shown them: 李**")
    state = models.CharField(max_length=10, choices=State, default=State.SHOWN)
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    language = models.CharField(max_length=10, choices=[(code, code) for code in LANGUAGES])
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_changed_at = models.DateTimeField(null=True)
    hidden_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller_order", "product"], name="review_once"),
            models.CheckConstraint(condition=Q(stars__gte=LEAST, stars__lte=MOST), name="review_one_to_five_stars"),
        ]
        indexes = [
            models.Index(fields=["product", "-id"], name="review_of_product", condition=Q(state="shown")),
            models.Index(fields=["enterprise", "-id"], name="review_of_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_order}: {self.stars}"

    @property
    def html_lang(self) -> str:
        return HTML_LANG.get(self.language, "")
