"""The items of an admission, one by one: what an officer can send back alone, and what changed since the last time."""

import hashlib
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.enterprises.models import AdmissionEvent, Enterprise

# Field of the enterprise -> how it is called on pages, in the order of the form.
ITEMS: Final[dict[str, str | Promise]] = {
    "name_zh": _("Legal name in Chinese"),
    "name_en": _("Name in English"),
    "name_ru": _("Name in Russian"),
    "credit_code": _("Unified social credit code"),
    "contact_name": _("Contact person"),
    "contact_phone": _("Contact phone"),
    "address": _("Address"),
    "about_zh": _("About the enterprise"),
    "bank_name": _("Bank"),
    "bank_account": _("Bank account"),
}


@dataclass(frozen=True)
class Remark:
    """One item of a return: what it is called in the reader's language, and what the officer wrote."""

    item: str
    label: str
    reason: str


def prints_of(enterprise: Enterprise) -> list[dict[str, str]]:
    """A short digest of each item: enough to see later that it changed, nothing to read an account number from."""
    return [{"item": name, "print": _print(enterprise, name)} for name in ITEMS]


def _print(enterprise: Enterprise, name: str) -> str:
    content = f"{enterprise.number}\x1f{name}\x1f{getattr(enterprise, name)}"
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def remarks_of(event: AdmissionEvent) -> list[Remark]:
    return [
        Remark(row["item"], str(ITEMS.get(row["item"], row["item"])), row["reason"])
        for row in event.items
        if "reason" in row
    ]


def changed_items(hand_ins: list[AdmissionEvent]) -> frozenset[str]:
    """Items that differ between the last two hand-ins; none at the first one. `hand_ins` oldest first."""
    if len(hand_ins) < 2:
        return frozenset()
    before, after = ({row["item"]: row.get("print") for row in event.items} for event in hand_ins[-2:])
    return frozenset(name for name in ITEMS if before.get(name) and before.get(name) != after.get(name))
