"""The columns a table of products may have: what they are called in three languages, what stands in them, what they say
about. One list for the template, the reader, the check and the workbook given back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalog.imports.cells import folded
from catalog.pricing.actions.set_price import MAX_STEPS
from catalog.pricing.models import Price
from catalog.products.attributes import NO, YES, Definition, K, Names, in_language
from catalog.products.models import Category, Product
from market.channels.models import Channel
from market.common.languages import LANGUAGES
from market.common.quantity import UNITS
from market.regions.models import OrgUnit

ATTRIBUTES = "attributes"
ATTRIBUTE = f"{ATTRIBUTES}."
PRODUCT_NUMBER, SKU, ORIGIN, CATEGORY = "product", "sku", "origin", "category"


class Part(StrEnum):
    PRODUCT = "product"
    PACKING = "packing"
    PRICE = "price"
    REMARK = "remark"  # ours, in the workbook given back: never read


@dataclass(frozen=True)
class Option:
    """A value a cell may have: how it is kept, and its words, those shown first."""

    value: str
    names: Names
    aliases: tuple[str, ...] = ()

    def words(self, language: str) -> str:
        return in_language(self.names, language)


@dataclass(frozen=True)
class Column:
    """`key` of a price is `<channel>.<field>`, of an attribute `attributes.<code>`. `note`: what to write. `is_text`: a
    spreadsheet would make a number or a date of it."""

    key: str
    part: Part
    titles: Names
    note: str | Promise
    options: tuple[Option, ...] = ()
    width: int = 14
    is_needed: bool = False
    is_text: bool = False
    aliases: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        return in_language(self.titles, language)

    @property
    def names(self) -> set[str]:
        """What its heading may be, folded."""
        return {folded(name) for name in (*self.titles, *self.aliases, self.key) if name}

    @cached_property
    def by_value(self) -> Mapping[str, Option]:
        return {one.value: one for one in self.options}

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Folded words, in any language, and codes -> value."""
        named = [(name, one.value) for one in self.options for name in (*one.names, one.value) if name]
        return {folded(name): value for name, value in reversed(named)}

    @cached_property
    def short_words(self) -> Mapping[str, set[str]]:
        """Folded words that several options may have -> their values."""
        found: dict[str, set[str]] = defaultdict(set)
        for one in self.options:
            for alias in filter(None, one.aliases):
                found[folded(alias)].add(one.value)
        return found


def in_all(text: str | Promise, **facts: Names) -> Names:
    """Words in the three languages."""
    words = []
    for place, language in enumerate(LANGUAGES):
        with override(language):
            words.append(str(text) % {name: names[place] or names[0] for name, names in facts.items()})
    return (words[0], words[1], words[2])


def choices_of(choices: Iterable[tuple[str, str | Promise]]) -> tuple[Option, ...]:
    return tuple(Option(str(value), in_all(label)) for value, label in choices)


GRADES: Final = [(grade.value, grade.label) for grade in Product.Grade]
BASES: Final = [(basis.value, basis.label) for basis in Price.Basis]
ANSWERS: Final = [(YES, _("yes")), (NO, _("no"))]
UNIT_WORDS: Final = [(unit.code, unit.label) for unit in UNITS.values()]
_ONCE = _("Needed of a new product. Written once: it cannot be changed afterwards.")


def columns_of(
    categories: Sequence[Category],
    origins: Sequence[OrgUnit],
    definitions: Sequence[Definition],
    channels: Sequence[Channel],
) -> list[Column]:
    """All columns there are; those of `definitions` and `channels` as they are given."""
    first = [
        Column(SKU, Part.PACKING, in_all(_("SKU")), _SKU_NOTE, width=18, is_needed=True, is_text=True, aliases=SKUS),
        Column(
            "name_zh", Part.PRODUCT, in_all(_("Name in Chinese")), _("Needed of a new product."), (), 26, True
        ),
        Column("name_en", Part.PRODUCT, in_all(_("Name in English")), _("May stay empty."), width=26),
        Column("name_ru", Part.PRODUCT, in_all(_("Name in Russian")), _("May stay empty."), width=26),
        Column(CATEGORY, Part.PRODUCT, in_all(_("Category")), CHOOSE, _category_options(categories), 24, True),
        Column(ORIGIN, Part.PRODUCT, in_all(_("Place of origin")), _ONCE, tuple(map(origin_option, origins)), 24, True),
        Column("grade", Part.PRODUCT, in_all(_("Grade")), CHOOSE, choices_of(GRADES), 12),
        Column(
            "season_months", Part.PRODUCT, in_all(_("Harvest months")), _("Such as 9, 10 or 9-11. Empty: all year."),
            is_text=True,
        ),
        Column(
            "hs_code", Part.PRODUCT, in_all(_("HS code")),
            _("6 to 10 digits of the Harmonized System 2022, such as 081340. Needed for export."), is_text=True,
        ),
    ]  # fmt: skip
    taken = {name for column in first for name in column.names}
    described = [_attribute(definition, taken) for definition in definitions]
    packing = [
        Column("unit", Part.PACKING, in_all(_("Sold by the")), CHOOSE, choices_of(UNIT_WORDS), 10, True),
        Column("net_kg", Part.PACKING, in_all(_("Net weight of one unit, kg")), _KILOGRAMS, is_needed=True),
        Column("gross_kg", Part.PACKING, in_all(_("Gross weight of one unit, kg")), _KILOGRAMS, is_needed=True),
        Column("is_active", Part.PACKING, in_all(_("On offer")), _("Empty: yes, for a new packing."), _YES_NO, 8),
    ]
    prices = [column for channel in channels for column in _prices(channel)]
    texts = [
        Column(f"description_{tail}", Part.PRODUCT, in_all(title), _("May stay empty."), width=30)
        for tail, title in _DESCRIPTIONS
    ]
    number = Column(
        PRODUCT_NUMBER, Part.PRODUCT, in_all(_("Product number")),
        _("Ours. Leave it empty for a new product; to add a packing to a product you have, repeat its number."),
    )  # fmt: skip
    return [*first, *described, *packing, *prices, *texts, number, REMARKS]


_SKU_NOTE = _("Your own code of this packing, such as HZ-5KG. It tells which packing a row speaks of: write it once.")
SKUS = ("编码", "商品编码", "货号", "артикул")
CHOOSE = _("Choose from the list.")
_KILOGRAMS = _("Kilograms with at most three decimal places, such as 5 or 2.5.")
_YES_NO = choices_of(ANSWERS)
_DESCRIPTIONS = (
    ("zh", _("Description in Chinese")),
    ("en", _("Description in English")),
    ("ru", _("Description in Russian")),
)


REMARKS: Final = Column("remark", Part.REMARK, in_all(_("What is wrong")), _("Ours. It is not read."), width=40)


def _category_options(categories: Sequence[Category]) -> tuple[Option, ...]:
    """`Fruit > Dried > Jujubes`, and the last word alone where only one category has it."""
    by_path = {category.path: category for category in categories}
    options = []
    for category in categories:
        steps = category.path.strip("/").split("/")
        line = [by_path.get(f"/{'/'.join(steps[: depth + 1])}/") for depth in range(len(steps))]
        names = [" > ".join(one.name_in(language) for one in line if one) for language in LANGUAGES]
        own = tuple(category.name_in(language) for language in LANGUAGES)
        options.append(Option(str(category.pk), (names[0], names[1], names[2]), (category.slug, *own)))
    return tuple(options)


def origin_option(unit: OrgUnit) -> Option:
    own = tuple(unit.name_in(language) for language in LANGUAGES)
    names = [f"{name} ({unit.code})" for name in own]
    return Option(str(unit.pk), (names[0], names[1], names[2]), (unit.code, *own))


def _attribute(definition: Definition, taken: set[str]) -> Column:
    """Where another column has its name already, its code stands behind it."""
    titles = [definition.title(language) for language in LANGUAGES]
    titles = [f"{title} [{definition.code}]" if folded(title) in taken else title for title in titles]
    options: tuple[Option, ...] = ()
    note: str | Promise = _("A number with at most three decimal places, such as 12.5.")
    if definition.kind == K.CHOICE:
        note = CHOOSE
        offered = [choice for choice in definition.values.values() if not choice.is_retired]
        options = tuple(Option(choice.code, choice.names) for choice in offered)
    elif definition.kind == K.YES_NO:
        note, options = CHOOSE, _YES_NO
    names = (titles[0], titles[1], titles[2])
    column = Column(f"{ATTRIBUTE}{definition.code}", Part.PRODUCT, names, note, options, 14, definition.is_required)
    taken |= column.names
    return column


def _prices(channel: Channel) -> list[Column]:
    """Basis, minimum, multiple and the ladder, in the channel's currency."""
    where: Names = (channel.name_in(LANGUAGES[0]), channel.name_in(LANGUAGES[1]), channel.name_in(LANGUAGES[2]))
    currency: Names = (channel.currency,) * 3
    code = channel.code

    def column(field: str, title: Promise, note: str | Promise, options: tuple[Option, ...] = (), n: int = 0) -> Column:
        count: Names = (str(n),) * 3
        titles = in_all(title, channel=where, currency=currency, step=count)
        return Column(f"{code}.{field}", Part.PRICE, titles, note, options, 13)

    columns = [
        column("basis", _("%(channel)s: price is stated"), _("Empty: per kg."), choices_of(BASES)),
        column("moq", _("%(channel)s: minimum order, units"), _("Empty: 1.")),
        column("multiple", _("%(channel)s: order multiple, units"), _("Orders go up in steps of this. Empty: 1.")),
    ]
    for step in range(1, MAX_STEPS + 1):
        note = _("From how many units this price holds. Of the first one empty: from the first unit.")
        columns.append(column(f"from_{step}", _("%(channel)s: from units, step %(step)s"), note, n=step))
        note = _("Rising quantities, not rising prices. The steps of a row replace the whole ladder.")
        columns.append(column(f"amount_{step}", _("%(channel)s: price %(step)s, %(currency)s"), note, n=step))
    return columns
