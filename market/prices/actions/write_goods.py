"""What prices are told of: goods, by officers at the top, and places, by those in whose subtree they lie."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.products.models import Category
from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed
from market.prices.models import Commodity, PricePlace
from market.prices.reach import check_reach
from market.prices.table import goods_by_name, name_key
from market.regions.models import OrgUnit

LONGEST_NAME = 200
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Names:
    """In three languages; Chinese is needed, the others fall back to it."""

    zh: str
    en: str = ""
    ru: str = ""

    def columns(self) -> dict[str, str]:
        return {"name_zh": self.zh, "name_en": self.en, "name_ru": self.ru}


def write_commodity(
    code: str, names: Names, category: Category, aliases: Sequence[str], *, by: User, now: datetime
) -> Commodity:
    """Makes the good with this code, or writes it anew. A name in a table means one good only.

    Effects: also the act in the log. Raises NotAllowed unless by a reviewer at the top, InvalidInput.
    """
    if not posts_of(by, now, Post.Role.REVIEWER).filter(unit__parent=None).exists():
        raise NotAllowed()
    _check_code(code)
    _check_names(names)
    taken = goods_by_name(Commodity.objects.exclude(slug=code))
    for name in (names.zh, names.en, names.ru, *aliases):
        if name and name_key(name) in taken:
            facts = {"name": name, "goods": taken[name_key(name)].name}
            raise InvalidInput(fields={"aliases": _("“%(name)s” is a name of %(goods)s already") % facts})
    fields = names.columns() | {"category": category, "aliases": list(aliases)}
    with transaction.atomic():
        row, _is_new = Commodity.objects.update_or_create(slug=code, defaults=fields)
        _note("price.goods", "price_commodity", code, names, by, now)
    return row


def write_place(code: str, names: Names, unit: OrgUnit, *, by: User, now: datetime) -> PricePlace:
    """Makes the place with this code, or names it anew; its unit stays, since reports rest on it.

    Effects: also the act in the log. Raises NotFound for a unit out of the officer's reach, InvalidInput.
    """
    _check_code(code)
    _check_names(names)
    with transaction.atomic():
        row = PricePlace.objects.select_for_update(of=("self",)).select_related("unit").filter(code=code).first()
        check_reach(by, row.unit if row else unit, now)
        if row is not None and row.unit_id != unit.pk:
            raise InvalidInput(fields={"unit": _("this place belongs to another unit, which it keeps")})
        row, _is_new = PricePlace.objects.update_or_create(code=code, defaults=names.columns() | {"unit": unit})
        _note("price.place", "price_place", code, names, by, now)
    return row


def _check_code(code: str) -> None:
    if len(code) > 40 or not _CODE.fullmatch(code):
        raise InvalidInput(fields={"code": _("small letters, digits and hyphens, such as hami-melon")})


def _check_names(names: Names) -> None:
    """One sign that is typed may become many when it is made narrow."""
    message = _("at most %(most)s characters") % {"most": LONGEST_NAME}
    too_long = {field: message for field, name in names.columns().items() if len(name) > LONGEST_NAME}
    if too_long:
        raise InvalidInput(fields=too_long)


def _note(action: str, kind: str, code: str, names: Names, by: User, now: datetime) -> None:
    record_act(actor=by, action=action, subject_kind=kind, subject_id=code, now=now, number=names.zh)
