"""Papers only an authority issues, as somebody handed them in. We make none and vouch for none."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder


class AuthorityPaperQuerySet(TenantQuerySet["AuthorityPaper"]):
    pass


class AuthorityPaper(models.Model):
    """What stands on it as the seller typed it, and the file with its hash. Never changed: a wrong one is taken back
    with a reason, and stays to be seen."""

    class Kind(models.TextChoices):
        PHYTOSANITARY = "phytosanitary", _("phytosanitary certificate")
        HEALTH = "health", _("health certificate")
        ORIGIN = "origin", _("certificate of origin")
        FUMIGATION = "fumigation", _("fumigation certificate")
        QUALITY = "quality", _("certificate of quality or test report")
        OTHER = "other", _("another paper of an authority")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="authority_papers")
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="authority_papers")
    kind = models.CharField(max_length=13, choices=Kind)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    issued_on = models.DateField()
    valid_to = models.DateField(null=True, help_text="the last day; empty: the paper names none")
    link = models.URLField(blank=True, help_text="where the issuer says whether it is true")
    file = models.CharField(max_length=200, help_text="its name in the store")
    content_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = AuthorityPaperQuerySet.as_manager()

    class Meta:
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("issued_on")), name="authority_paper_lasts"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="authority_paper_withdrawn_with_reason",
            ),
            models.UniqueConstraint(
                fields=["seller_order", "kind", "number"],
                condition=Q(withdrawn_at__isnull=True),
                name="authority_paper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
