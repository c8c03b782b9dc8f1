"""Incoterms 2020: what each rule means in a few words. Which of them are offered, the channel says (trade.md, 2.2)."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EDITION: Final = "2020"
_MEANING: Final[dict[str, str | Promise]] = {
    "FCA": _("seller hands over to your carrier at the named place"),
    "CPT": _("seller pays the carriage to the named place; risk passes to you at the first carrier"),
    "CIP": _("as CPT, and the seller insures the goods"),
    "DAP": _("seller brings the goods to the named place, ready to unload"),
    "DPU": _("seller brings the goods to the named place and unloads them"),
    "FAS": _("sea only: alongside the ship in the named port"),
    "FOB": _("sea only: on board in the named port"),
    "CFR": _("sea only: seller pays the freight to the named port"),
    "CIF": _("sea only: as CFR, and the seller insures the goods"),
}


def incoterm_choices(rules: list[str]) -> list[tuple[str, str]]:
    return [(rule, f"{rule} – {_MEANING[rule]}" if rule in _MEANING else rule) for rule in rules]
