"""Officers say what goods of a category are described by, and what buyers filter them by."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.products.attributes import CODE, PLACES, Names
from catalog.products.events import category_changed
from catalog.products.models import Attribute, AttributeValue, Category
from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput, NotFound
from market.common.kept import forget_kept
from market.common.quantity import fits_places, plain

MOST_VALUES, MOST_STEPS = 1_000, 20
LONGEST_CODE, LONGEST_NAME, LONGEST_UNIT = 40, 200, 20
K = Attribute.Kind


@dataclass(frozen=True)
class Wish:
    """An attribute as it shall be. Names and units: Chinese, English, Russian, the last two may be empty. `values` of a
    choice: code and names, in their order; `steps` of a number: bounds of ranges to filter by; none: exact values."""

    names: Names
    units: Names = ("", "", "")
    steps: Sequence[Decimal] = ()
    values: Sequence[tuple[str, Names]] = ()
    is_facet: bool = True
    is_required: bool = False
    is_retired: bool = False
    position: int = 0


def add_attribute(category: Category, code: str, kind: str, wish: Wish, *, by: User, now: datetime) -> Attribute:
    """`code` and `kind` are written once. Raises InvalidInput naming the field, also for a code that exists."""
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise InvalidInput(fields={"code": _("small Latin letters, digits and hyphens, such as size-grade")})
    if kind not in K.values:
        raise InvalidInput(fields={"kind": _("choose what kind of attribute it is")})
    wish = _of_kind(kind, wish)
    _check(kind, wish)
    try:
        with transaction.atomic():
            row = Attribute.objects.create(category=category, code=code, kind=kind, updated_at=now, **_columns(wish))
            _write_values(row, wish)
            _tell(row, wish, by=by, now=now)
    except IntegrityError as error:
        raise InvalidInput(fields={"code": _("this code is taken: one code means the same everywhere")}) from error
    forget_kept()
    return row


def change_attribute(
    attribute: Attribute, wish: Wish, *, version: datetime | None = None, by: User, now: datetime
) -> Attribute:
    """The whole attribute as it shall be. Values that are left out are retired: products that have them keep them, they
    no longer count, and their sellers are told. `version` is the `updated_at` the officer started from; when somebody
    saved in between: Conflict, nothing changes. Raises InvalidInput naming the field."""
    wish = _of_kind(attribute.kind, wish)
    _check(attribute.kind, wish)
    with transaction.atomic():
        row = Attribute.objects.select_for_update(of=("self",)).filter(pk=attribute.pk).first()
        if row is None:
            raise NotFound()
        if version is not None and row.updated_at != version:
            raise Conflict()
        for name, value in _columns(wish).items():
            setattr(row, name, value)
        row.updated_at = now
        row.save()
        _write_values(row, wish)
        _tell(row, wish, by=by, now=now)
    forget_kept()
    return row


def _of_kind(kind: str, wish: Wish) -> Wish:
    """Without what only other kinds have."""
    if kind != K.NUMBER:
        wish = replace(wish, units=("", "", ""), steps=())
    return wish if kind == K.CHOICE else replace(wish, values=())


def _tell(row: Attribute, wish: Wish, *, by: User, now: datetime) -> None:
    category_changed(row.category_id, reason="attribute", now=now)
    record_act(
        actor=by,
        action="catalogue.attribute",
        subject_kind="attribute",
        subject_id=row.code,
        now=now,
        names=list(wish.names),
        steps=row.steps,
        values=[code for code, _names in wish.values],
        facet=wish.is_facet,
        required=wish.is_required,
        retired=wish.is_retired,
    )


def _columns(wish: Wish) -> dict[str, object]:
    names = {f"name_{language}": name for language, name in zip(("zh", "en", "ru"), wish.names, strict=True)}
    units = {f"unit_{language}": unit for language, unit in zip(("zh", "en", "ru"), wish.units, strict=True)}
    return {
        **names,
        **units,
        "steps": [plain(step) for step in wish.steps],
        "is_facet": wish.is_facet,
        "is_required": wish.is_required,
        "is_retired": wish.is_retired,
        "position": wish.position,
    }


def _write_values(row: Attribute, wish: Wish) -> None:
    """A few statements, however many values."""
    known = {value.code: value for value in row.values.all()}
    wanted = dict.fromkeys(known, (0, None)) | {code: (n, names) for n, (code, names) in enumerate(wish.values)}
    changed: list[AttributeValue] = []
    new: list[AttributeValue] = []
    for code, (position, names) in wanted.items():
        value = known.get(code) or AttributeValue(attribute=row, code=code)
        if names is None:
            value.is_retired = True
        else:
            value.position, value.is_retired = position, False
            value.name_zh, value.name_en, value.name_ru = names
        (changed if code in known else new).append(value)
    AttributeValue.objects.bulk_update(changed, ["position", "is_retired", "name_zh", "name_en", "name_ru"], 200)
    AttributeValue.objects.bulk_create(new)


def _check(kind: str, wish: Wish) -> None:
    problems = {}
    if not wish.names[0].strip():
        problems["name_zh"] = _("the Chinese name is needed")
    if any(len(name) > LONGEST_NAME for name in wish.names) or any(len(unit) > LONGEST_UNIT for unit in wish.units):
        problems["name_zh"] = _("a name has at most 200 characters, a unit 20")
    if kind == K.CHOICE and (problem := _problem_of_values(wish.values)):
        problems["values"] = problem
    if kind == K.NUMBER and (problem := _problem_of_steps(wish.steps)):
        problems["steps"] = problem
    if not 0 <= wish.position <= 9_999:
        problems["position"] = _("a number from 0 to 9999")
    if problems:
        raise InvalidInput(fields=problems)


def _problem_of_values(values: Sequence[tuple[str, Names]]) -> str:
    codes = [code for code, _names in values]
    if not codes:
        return _("a choice needs at least one value")
    if len(codes) > MOST_VALUES:
        return _("at most %(most)s values") % {"most": MOST_VALUES}
    for code, names in values:
        if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
            return _("“%(code)s”: a code has small Latin letters, digits and hyphens, 40 of them at most") % {
                "code": code[:60]
            }
        if not names[0].strip() or any(len(name) > LONGEST_NAME for name in names):
            return _("“%(code)s”: the Chinese name is needed, 200 characters at most") % {"code": code}
    twice = next((code for code, times in Counter(codes).items() if times > 1), "")
    return _("“%(code)s” stands there twice") % {"code": twice} if twice else ""


def _problem_of_steps(steps: Sequence[Decimal]) -> str:
    if len(steps) > MOST_STEPS:
        return _("at most %(most)s bounds") % {"most": MOST_STEPS}
    if not all(fits_places(step, PLACES) for step in steps):
        return _("numbers with at most three decimal places, such as 12 14 16.5")
    if any(one >= other for one, other in pairwise(steps)):
        return _("each step is above the one before it")
    return ""
