"""Sales channels: one market each, with its currency, gateways, incoterms and languages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.common.languages import NamedRow


class Channel(NamedRow):
    class Kind(models.TextChoices):
        DOMESTIC = "domestic", _("domestic")
        EXPORT = "export", _("export")

    code = models.SlugField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    currency = models.CharField(max_length=3)
    gateways = models.JSONField(default=list, help_text="codes of MARKET_PAYMENT_GATEWAYS, in the order shown")
    incoterms = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]

    @property
    def is_export(self) -> bool:
        return self.kind == self.Kind.EXPORT
