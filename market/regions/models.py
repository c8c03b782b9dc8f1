"""The organisation tree: corps > division > regiment > company. Every officer's view is a subtree of it."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from market.common.languages import NamedRow


class OrgUnitQuerySet(models.QuerySet["OrgUnit"]):
    def subtree(self, path: str) -> Self:
        """The unit with this path and everything below it."""
        return self.filter(path__startswith=path)


class OrgUnit(NamedRow):
    class Level(models.TextChoices):
        CORPS = "corps"
        DIVISION = "division"
        REGIMENT = "regiment"
        COMPANY = "company"

    code = models.CharField(max_length=20, unique=True)
    level = models.CharField(max_length=10, choices=Level)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, help_text="codes from the root down: /66/01/0108/")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="/"), name="org_unit_path_ends_with_slash"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="org_unit_not_its_own_parent"),
        ]
