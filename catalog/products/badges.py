"""What may be said of a product because a checked certificate covers it, while that lasts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils import translation

from market.common.languages import active_language, normal_language
from market.enterprises.models import Certificate


@dataclass(frozen=True)
class Badge:
    """`kind` is a value of Certificate.Kind; `valid_to` the last day."""

    kind: str
    number: str
    body: str
    valid_to: date

    @property
    def label(self) -> str:
        return kind_label(self.kind)


def kept(certificate: Certificate) -> dict[str, str]:
    """As it stands in `Product.badges`."""
    return {
        "kind": certificate.kind,
        "number": certificate.number,
        "body": certificate.body,
        "valid_to": certificate.valid_to.isoformat(),
    }


def shown_badges(rows: Iterable[Mapping[str, str]], today: date) -> list[Badge]:
    """Of `Product.badges`, what holds today: an expired one is not shown, whoever has been asleep."""
    badges = [Badge(**{**row, "valid_to": date.fromisoformat(row["valid_to"])}) for row in rows]  # type: ignore[arg-type]
    return sorted((badge for badge in badges if badge.valid_to >= today), key=lambda badge: (badge.kind, badge.number))


def kind_label(kind: str, language: str = "") -> str:
    """In the reader's language, or in this one; the kind itself where it is none of ours. Anybody may name any
    language: labels are kept for ours alone."""
    return _kind_labels(normal_language(language) if language else active_language()).get(kind, kind)


@cache
def _kind_labels(language: str) -> dict[str, str]:
    with translation.override(language):
        return {kind: str(label) for kind, label in Certificate.Kind.choices}
