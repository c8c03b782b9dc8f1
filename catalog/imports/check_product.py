"""What a row says about its product, by the rules of the pages: `write_product` and `publish_product`."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.imports.cells import folded
from catalog.imports.columns import ATTRIBUTE, ATTRIBUTES, CATEGORY, ORIGIN, origin_option
from catalog.imports.known import Surroundings
from catalog.imports.plans import ProductPlan, RowPlan
from catalog.imports.said import Said
from catalog.products.actions.publish_product import missing_of
from catalog.products.actions.write_product import ProductTexts, check_texts, told_of
from catalog.products.attributes import NO, YES, K, as_number
from catalog.products.errors import EnterpriseNotSelling, OriginIsFixed
from catalog.products.models import Product
from market.channels.models import Channel
from market.common.errors import InvalidInput
from market.common.plain_text import plain_words

LONGEST_NAME, LONGEST_DESCRIPTION = 200, 8_000
NAMES = ("name_zh", "name_en", "name_ru")
DESCRIPTIONS = ("description_zh", "description_en", "description_ru")


def check_product_of(said: Said, plan: ProductPlan, around: Surroundings) -> None:
    """Fills the plan; an empty cell leaves an existing product as it is. What is wrong is noted at the row."""
    before = len(said.problems)
    product = plan.product
    _read_category(said, plan, around)
    _read_origin(said, plan, around)
    plan.texts = _texts(said, product)
    try:
        check_texts(plan.texts)
    except InvalidInput as error:
        said.refused(error.details["fields"])
    if plan.category is not None:
        _read_attributes(said, plan, around)
    plan.is_wrong = len(said.problems) > before
    if product is not None and not plan.is_wrong:
        plan.changes = tuple(_changes(product, plan))


def _read_category(said: Said, plan: ProductPlan, around: Surroundings) -> None:
    key = said.choice(CATEGORY, str(plan.product.category_id) if plan.product else "")
    plan.category = around.categories.get(key)
    if plan.category is None:
        said.wrong(CATEGORY, _("a new product needs its category"))


def _read_origin(said: Said, plan: ProductPlan, around: Surroundings) -> None:
    if plan.product is None:
        plan.origin = around.origins.get(said.choice(ORIGIN))
        if plan.origin is None:
            said.wrong(ORIGIN, _("a new product needs its place of origin"))
    elif said.has(ORIGIN) and not _names_origin(said, plan.product):
        said.wrong(ORIGIN, str(OriginIsFixed.text))


def _names_origin(said: Said, product: Product) -> bool:
    """Its own, which may have been closed since, or lie elsewhere."""
    option = origin_option(product.origin_unit)
    return folded(said.text(ORIGIN, LONGEST_NAME)) in {folded(name) for name in (*option.names, *option.aliases)}


def _texts(said: Said, product: Product | None) -> ProductTexts:
    def saved(name: str, otherwise: Any = "") -> Any:
        return getattr(product, name) if product else otherwise

    names = {name: said.text(name, LONGEST_NAME, saved(name)) for name in NAMES}
    long = {name: said.text(name, LONGEST_DESCRIPTION, saved(name)) for name in DESCRIPTIONS}
    months = said.months("season_months", saved("season_months", []))
    grade = said.choice("grade", saved("grade", Product.Grade.UNGRADED))
    return ProductTexts(
        **{name: " ".join(text.split()) if said.has(name) else text for name, text in names.items()},
        **{name: text if _differs(text, saved(name)) else saved(name) for name, text in long.items()},
        grade=grade,
        season_months=months,
        hs_code=_hs_code(said, saved("hs_code")),
    )


def _differs(one: str, other: str) -> bool:
    """Ends of lines and blanks at the edges are no difference: forms and spreadsheets write them in their own ways."""
    return one != other and plain_words(one) != plain_words(other)


def _hs_code(said: Said, saved: str) -> str:
    """Without dots and blanks; a spreadsheet takes it for a number and drops the nought it begins with."""
    code = "".join(said.code("hs_code", 40, saved).split()).replace(".", "")
    return f"0{code}" if said.is_number("hs_code") and len(code) % 2 else code


def _read_attributes(said: Said, plan: ProductPlan, around: Surroundings) -> None:
    assert plan.category is not None
    held = around.holding(plan.category.path)
    holding = {one.code for one in held}
    given: dict[str, Any] = {}
    for one in around.definitions if said.may_have(ATTRIBUTES) else ():
        key = f"{ATTRIBUTE}{one.code}"
        if not said.has(key):
            continue
        value: Any
        if one.kind == K.NUMBER:
            value = said.number(key, 3)
        else:
            chosen = said.choice(key)
            value = chosen == YES if one.kind == K.YES_NO and chosen else chosen
        if value not in (None, "") and (one.code in holding or not _stays(plan.product, one.code, value)):
            given[one.code] = value
    try:
        plan.attributes = told_of(plan.product.attributes if plan.product else {}, given, held)
    except InvalidInput as error:
        said.refused(error.details["fields"])


def _stays(product: Product | None, code: str, value: Any) -> bool:
    """A value the category no longer takes is kept, as on the pages, as long as the row says nothing new."""
    saved = product.attributes.get(code) if product else None
    return saved is not None and str(saved) == str(value)


def says_what_is_saved(said: Said, key: str, product: Product) -> bool:
    """Of a cell below the first row of a product: nothing but what the product says already."""
    if key.startswith(ATTRIBUTE):
        saved = product.attributes.get(key.removeprefix(ATTRIBUTE))
        if isinstance(saved, bool):
            return said.choice(key) == (YES if saved else NO)
        number = as_number(saved)
        return said.choice(key) == saved if number is None else said.number(key, 3) == number
    if key == ORIGIN:
        return _names_origin(said, product)
    if key == CATEGORY:
        return said.choice(key) == str(product.category_id)
    if key == "grade":
        return said.choice(key) == product.grade
    if key == "season_months":
        return said.months(key, []) == sorted(product.season_months)
    if key == "hs_code":
        return _hs_code(said, "") == product.hs_code
    return not _differs(said.text(key, LONGEST_DESCRIPTION), str(getattr(product, key)))


def _changes(product: Product, plan: ProductPlan) -> list[str]:
    assert plan.texts is not None
    assert plan.category is not None
    texts = vars(plan.texts) | {"season_months": sorted(plan.texts.season_months)}
    found = [
        name for name, value in texts.items()
        if value != (sorted(product.season_months) if name == "season_months" else getattr(product, name))
    ]  # fmt: skip
    if plan.category.pk != product.category_id:
        found.append(CATEGORY)
    codes = set(plan.attributes) | set(product.attributes)
    return found + [
        f"{ATTRIBUTE}{code}" for code in sorted(codes) if plan.attributes.get(code) != product.attributes.get(code)
    ]


def check_publication(said: Said, plan: ProductPlan, rows: Sequence[RowPlan], around: Surroundings) -> None:
    """A new product is published in the channels its packings have prices for, or not taken over."""
    assert plan.texts is not None
    assert plan.category is not None
    if plan.is_wrong:
        return
    on_offer = [row for row in rows if row.is_active]
    priced = {code for row in on_offer for code in row.costs}
    plan.channels = _channels(around.channels, priced)
    missing = missing_of(
        plan.channels,
        hs_code=plan.texts.hs_code,
        attributes=plan.attributes,
        has_packing=bool(on_offer),
        priced=priced,
        definitions=around.holding(plan.category.path),
    )
    for code, words in missing.items():
        key = f"{code.removeprefix('price_')}.amount_1" if code.startswith("price_") else code
        said.wrong("is_active" if code == "packing" else key, words)
    if not around.enterprise.is_selling:
        said.wrong("", str(EnterpriseNotSelling.text))
    plan.is_wrong = bool(missing) or not around.enterprise.is_selling


def _channels(channels: Sequence[Channel], priced: set[str]) -> list[Channel]:
    """Without any price the first channel, whose price is then what is missing."""
    return [channel for channel in channels if channel.code in priced] or list(channels[:1])
