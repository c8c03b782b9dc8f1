"""Officers define attributes; products say what they have."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from catalog.products.actions.define_attribute import Wish, add_attribute, change_attribute
from catalog.products.actions.publish_product import publish_product, what_is_missing, withdraw_product
from catalog.products.actions.write_product import ProductTexts, create_product, update_product
from catalog.products.attributes import read_said
from catalog.products.errors import NotReadyToPublish
from catalog.products.models import Attribute, AttributeValue, Category, Product
from catalog.products.queries import attributes_named, attributes_of_category
from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, InvalidInput, NotFound
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, domestic, make_category, make_product, make_user, make_variant
from tests.catalog.products.attributes import BRIX, BY_HAND, SIZE, make_attribute, make_brix, make_by_hand, make_size

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def say(product: Product, category: Category | None = None, **attributes: Any) -> Product:
    product = Product.objects.select_related("category").get(pk=product.pk)
    given = {code.replace("_", "-"): value for code, value in attributes.items()}
    texts = ProductTexts(name_zh=product.name_zh, name_en=product.name_en, hs_code=product.hs_code)
    return update_product(product, texts, category=category or product.category, attributes=given, now=LATER)


def test_new_attribute_is_written_told_and_recorded() -> None:
    officer = make_user()

    row = make_attribute("size", "choice", SIZE, by=officer)

    assert list(row.values.values_list("code", "position", "is_retired")) == [("large", 0, False), ("small", 1, False)]
    assert OutboxEvent.objects.filter(topic="category.changed", subject=str(row.category_id)).count() == 1
    entry = AuditEntry.objects.get(action="catalogue.attribute")
    assert (entry.actor, entry.subject_id, entry.details["values"]) == (str(officer), "size", ["large", "small"])


@pytest.mark.parametrize(
    ("code", "kind", "wish", "field"),
    [
        ("Size", "choice", SIZE, "code"),
        ("a=b", "choice", SIZE, "code"),
        ("枣", "choice", SIZE, "code"),
        ("x" * 41, "choice", SIZE, "code"),
        ("", "choice", SIZE, "code"),
        ("size", "colour", SIZE, "kind"),
        ("size", "choice", replace(SIZE, values=[]), "values"),
        ("size", "choice", replace(SIZE, values=[*SIZE.values, SIZE.values[0]]), "values"),
        ("size", "choice", replace(SIZE, values=[("a b", ("甲", "", ""))]), "values"),
        ("size", "choice", replace(SIZE, values=[("a", (" ", "A", ""))]), "values"),
        ("size", "choice", replace(SIZE, values=[(f"v{n}", ("甲", "", "")) for n in range(1001)]), "values"),
        ("size", "choice", replace(SIZE, names=("", "Size", "")), "name_zh"),
        ("brix", "number", replace(BRIX, steps=[Decimal(2), Decimal(1)]), "steps"),
        ("brix", "number", replace(BRIX, steps=[Decimal("NaN")]), "steps"),
        ("brix", "number", replace(BRIX, steps=[Decimal(n) for n in range(21)]), "steps"),
        ("by-hand", "yes_no", replace(BY_HAND, position=-1), "position"),
    ],
)
def test_what_makes_no_attribute_is_refused_and_leaves_nothing(code: str, kind: str, wish: Wish, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_attribute(make_category(), code, kind, wish, by=make_user(), now=NOW)

    assert list(refusal.value.details["fields"]) == [field]
    assert not Attribute.objects.exists()
    assert not AuditEntry.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_a_code_means_the_same_everywhere() -> None:
    make_size()

    with pytest.raises(InvalidInput):
        make_attribute("size", "number", BRIX, category=make_category("walnut"))

    assert Attribute.objects.get().kind == "choice"


def test_values_are_renamed_ordered_retired_and_taken_up_again() -> None:
    row = make_size()
    small_first = replace(SIZE, values=[("small", ("小枣", "Small", "")), ("jumbo", ("特大", "", ""))])

    change_attribute(row, small_first, by=make_user(), now=LATER)

    values = {value.code: value for value in AttributeValue.objects.all()}
    assert [values[code].is_retired for code in ("large", "small", "jumbo")] == [True, False, False]
    assert (values["small"].name_zh, values["small"].position) == ("小枣", 0)

    change_attribute(row, SIZE, by=make_user(), now=LATER)

    kept = AttributeValue.objects.filter(is_retired=False).order_by("position")
    assert list(kept.values_list("code", flat=True)) == ["large", "small"]


def test_thousand_values_cost_a_few_statements() -> None:
    row = make_size()
    many = replace(SIZE, values=[(f"v{n}", (f"值{n}", "", "")) for n in range(1000)])
    change_attribute(row, many, by=make_user(), now=LATER)

    with CaptureQueriesContext(connection) as queries:
        change_attribute(row, many, by=make_user(), now=LATER)

    assert AttributeValue.objects.filter(is_retired=False).count() == 1000
    assert len(queries) < 30


def test_second_officer_is_told_and_overwrites_nothing() -> None:
    row = make_size()
    seen = row.updated_at
    change_attribute(row, replace(SIZE, names=("大小", "", "")), version=seen, by=make_user(), now=LATER)

    with pytest.raises(Conflict):
        change_attribute(row, replace(SIZE, names=("甲", "", "")), version=seen, by=make_user(), now=LATER)

    assert Attribute.objects.get().name_zh == "大小"
    Attribute.objects.all().delete()
    with pytest.raises(NotFound):
        change_attribute(row, SIZE, by=make_user(), now=LATER)


def test_product_says_what_it_has_and_takes_it_back() -> None:
    make_size(), make_brix(), make_by_hand()
    product = make_variant().product

    product = say(product, size="large", brix=Decimal("13.50"), by_hand=False)
    assert product.attributes == {"size": "large", "brix": "13.5", "by-hand": False}

    product = say(product, brix=None, by_hand="")
    assert product.attributes == {"size": "large"}


@pytest.mark.parametrize(
    "given", [{"size": "huge"}, {"size": True}, {"brix": "many"}, {"by_hand": "maybe"}, {"nothing": "1"}]
)
def test_what_does_not_fit_is_refused_and_changes_nothing(given: dict[str, Any]) -> None:
    make_size(), make_brix(), make_by_hand()
    product = say(make_variant().product, size="small")

    with pytest.raises(InvalidInput) as refusal:
        say(product, **given)

    (code,) = (code.replace("_", "-") for code in given)
    assert list(refusal.value.details["fields"]) == [f"attributes.{code}"]
    assert Product.objects.get(pk=product.pk).attributes == {"size": "small"}


def test_attribute_of_another_category_is_refused() -> None:
    make_size(make_category("walnut"))
    product = make_variant().product

    with pytest.raises(InvalidInput):
        say(product, size="large")


def test_moved_to_another_category_nothing_is_lost() -> None:
    make_size()
    walnut = make_category("walnut")
    make_brix(walnut)
    product = say(make_variant().product, size="large")

    product = say(product, walnut, brix="12")

    assert product.attributes == {"size": "large", "brix": "12"}
    said = read_said(product.attributes, attributes_named(product.attributes), walnut.path)
    assert [(one.code, one.problem) for one in said] == [("brix", ""), ("size", "elsewhere")]
    assert say(product, walnut, size=None).attributes == {"brix": "12"}  # taken back, though it counts for nothing


def test_attributes_of_ancestors_hold_and_of_cousins_do_not() -> None:
    jujube = make_category()
    below = Category.objects.create(slug="grey", parent=jujube, path="/jujube/grey/", name_zh="灰枣")
    Category.objects.create(slug="jujubes", path="/jujubes/", name_zh="别的")
    make_brix(below), make_size(jujube)

    assert [one.code for one in attributes_of_category(below.path)] == ["size", "brix"]
    assert [one.code for one in attributes_of_category(jujube.path)] == ["size"]
    assert not attributes_of_category("/jujubes/")


def test_nothing_is_published_without_a_required_attribute() -> None:
    row = make_attribute("size", "choice", replace(SIZE, is_required=True))
    product = withdraw_product(make_product(), now=NOW)
    with override("en"), pytest.raises(NotReadyToPublish, match="Size grade"):
        publish_product(product, [domestic()], now=LATER)
    assert Product.objects.get().state == Product.State.WITHDRAWN
    assert list(what_is_missing(product, [domestic()])) == ["attributes.size"]

    say(product, size="large")
    publish_product(Product.objects.get(), [domestic()], now=LATER)
    change_attribute(row, replace(SIZE, is_required=True, values=[SIZE.values[1]]), by=make_user(), now=LATER)

    published = Product.objects.get()
    assert published.state == Product.State.PUBLISHED
    assert list(what_is_missing(published, [domestic()])) == ["attributes.size"]  # its value was retired


@pytest.mark.parametrize("make", [make_size, make_by_hand])
def test_a_new_product_says_it_at_once(make: Callable[[], Attribute]) -> None:
    row = make()
    value: Any = "small" if row.kind == "choice" else True
    other = make_variant().product

    product = create_product(
        other.enterprise,
        other.category,
        other.origin_unit,
        ProductTexts(name_zh="枣"),
        attributes={row.code: value},
        now=NOW,
    )

    assert Product.objects.get(pk=product.pk).attributes == {row.code: value}
