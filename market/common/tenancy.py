"""Reads start here: every row that belongs to somebody is fetched through `for_enterprise` or `for_subtree`."""

from typing import ClassVar, Self, TypeVar

from django.db import models

RowT = TypeVar("RowT", bound=models.Model)


class TenantQuerySet(models.QuerySet[RowT]):
    """Set the two lookups in a subclass when the owner is reached through another row."""

    enterprise_lookup: ClassVar[str] = "enterprise_id"
    unit_path_lookup: ClassVar[str] = "enterprise__unit__path"

    def for_enterprise(self, enterprise_id: int) -> Self:
        return self.filter(**{self.enterprise_lookup: enterprise_id})

    def for_subtree(self, unit_path: str) -> Self:
        """Rows of all enterprises in the organisation unit with this path and below."""
        return self.filter(**{f"{self.unit_path_lookup}__startswith": unit_path})
