"""Officers' pages about search: who may, what they do, and what stays as it was when it is refused."""

from datetime import date
from typing import Any

import pytest

from catalog.products.models import Product
from market.common.audit.models import AuditEntry
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from search.products.answer import SearchQuery
from search.products.dictionary import entry_named
from search.products.engine import search_desk
from search.products.models import Concept, HiddenHit, PinnedHit, QueryLog
from search.products.queries import search_products
from search.products.words import forget_words
from tests.builders import NOW, make_enterprise, make_officer, make_regiment, make_variant
from tests.market.office.people import signed_in, statements_of, top_unit

pytestmark = pytest.mark.django_db
PAGES = ["", "concepts/", "concepts/new/", "concepts/built-in/jujube/", "choices/", "engine/"]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.office.desk.read_clock", lambda: NOW)


def log(text: str, *, searches: int = 5, without: int = 5, few: int = 0) -> None:
    QueryLog.objects.create(
        day=date(2026, 11, 20), channel="domestic", text=text, searches=searches, without_hits=without, few_hits=few
    )


def top() -> Any:
    return signed_in(make_officer(top_unit()))


def text_of(client: Any, path: str) -> str:
    answer = client.get(f"/en/ops/search/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def found(text: str) -> list[int]:
    return [hit.product_id for hit in search_products(SearchQuery(text=text)).hits]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_reviewers_only(path: str) -> None:
    unit = top_unit()

    for role in ("finance", "compliance", "viewer"):
        client = signed_in(make_officer(unit, role))
        assert client.get(f"/en/ops/search/{path}").status_code == 404
        assert client.post(f"/en/ops/search/{path}", {"text": "a", "same_as": "b"}).status_code == 404

    assert signed_in(make_officer(unit)).get(f"/en/ops/search/{path}").status_code == 200
    assert not Concept.objects.exists()
    assert not OutboxEvent.objects.filter(topic="search.rebuild").exists()


def test_reviewer_below_the_top_reads_words_and_engine_and_changes_neither() -> None:
    client = signed_in(make_officer(make_regiment()))
    concept = Concept.objects.create()
    concept.names.create(language="zh-hans", text="灰枣")
    log("罗布泊之珠")

    assert "罗布泊之珠" in text_of(client, "")
    assert 'name="same_as"' not in text_of(client, "")
    assert "灰枣" in text_of(client, f"concepts/{concept.pk}/")
    for path, form in (
        ("", {"text": "罗布泊之珠", "same_as": "灰枣"}),
        (f"concepts/{concept.pk}/", {"kind": "product", "names_zh": "甲\n乙"}),
        ("concepts/new/", {"kind": "product", "names_zh": "甲\n乙"}),
        ("engine/", {}),
    ):
        assert client.post(f"/en/ops/search/{path}", form).status_code == 404

    assert [str(row) for row in Concept.objects.all()] == ["灰枣"]
    assert not OutboxEvent.objects.filter(topic="search.rebuild").exists()
    assert not AuditEntry.objects.filter(action__startswith="search.").exists()


def test_text_searched_in_vain_becomes_another_name_and_is_found() -> None:
    variant = make_variant()
    drain_outbox(NOW)
    search_desk().main.refresh()
    forget_words()
    log("罗布泊之珠")
    log("难得", without=0, few=3)
    log("灰枣", without=0)
    client = top()
    page = text_of(client, "")
    assert "罗布泊之珠" in page
    assert "难得" in page
    assert "难得" not in text_of(client, "?only=none")
    assert found("罗布泊之珠") == []

    for _ in range(2):
        answer = client.post("/en/ops/search/", {"text": "罗布泊之珠", "same_as": "灰枣"})
        assert answer.status_code == 302

    assert found("罗布泊之珠") == [variant.product_id]
    entry = entry_named("灰枣")
    assert entry is not None
    concept = Concept.objects.get()
    assert (concept.code, concept.kind) == (entry.code, entry.kind)
    names = [(name.language, name.text) for name in concept.names.all()]
    assert names == [*entry.names, ("zh-hans", "罗布泊之珠")]
    assert client.post("/en/ops/search/", {"text": "lop pearl", "same_as": "罗布泊之珠"}).status_code == 302
    assert str(Concept.objects.get()).endswith(" = 罗布泊之珠 = lop pearl")
    assert AuditEntry.objects.filter(action="search.concept").count() == 3


def test_name_added_to_an_entry_of_the_dictionary_finds_goods_in_all_its_languages() -> None:
    english = make_variant(name_zh="干果礼盒", name_en="Jujube", name_ru="Набор")
    russian = make_variant(name_zh="新品", name_en="New", name_ru="Унаби")
    drain_outbox(NOW)
    search_desk().main.refresh()
    client = top()

    assert client.post("/en/ops/search/", {"text": "罗布泊之珠", "same_as": "Jujube"}).status_code == 302
    forget_words()

    assert sorted(found("罗布泊之珠")) == sorted([english.product_id, russian.product_id])
    assert sorted(found("红枣")) == sorted([english.product_id, russian.product_id])
    # Officers' own concepts that are in no dictionary go on as before.
    client.post("/en/ops/search/", {"text": "wuxia", "same_as": "干果礼盒"})
    assert sorted(Concept.objects.values_list("code", flat=True)) == ["", "jujube"]


def test_report_is_filled_in_with_the_nearest_name() -> None:
    log("罗布泊红枣")
    log("xqzw")
    page = text_of(top(), "")

    assert 'value="红枣"' in page
    assert page.count('value="" autocomplete="off" size="12"') == 1
    assert '<option value="jujube">' in page


def test_report_tells_names_that_search_knows_from_those_to_be_taught() -> None:
    log("camel milk")  # nobody sells any
    log("罗布泊红枣")
    client, said = top(), "Search knows this name"
    assert text_of(client, "").count(said) == 1

    client.post("/en/ops/search/", {"text": "罗布泊红枣", "same_as": "红枣"})

    page = text_of(client, "")
    assert page.count(said) == 2
    assert 'value="红枣" autocomplete' not in page


def test_dictionary_is_listed_found_changed_and_switched_off() -> None:
    variant = make_variant(name_zh="新品", name_en="New", name_ru="Унаби")
    drain_outbox(NOW)
    search_desk().main.refresh()
    client = top()
    assert "page=2" in text_of(client, "concepts/")
    assert "concepts/built-in/jujube/" in text_of(client, "concepts/?q=ЮЮБА")
    assert "ююба" in text_of(client, "concepts/built-in/jujube/")
    assert client.get("/en/ops/search/concepts/built-in/nothing/").status_code == 404
    assert "ююба" in text_of(signed_in(make_officer(make_regiment())), "concepts/built-in/jujube/")
    forget_words()
    assert found("大枣") == [variant.product_id]

    form = {"kind": "product", "names_zh": "大枣\n若羌珠", "names_ru": "унаби", "is_active": "on"}
    assert client.post("/en/ops/search/concepts/built-in/jujube/", form).status_code == 302
    assert found("若羌珠") == [variant.product_id]
    del form["is_active"]
    assert client.post("/en/ops/search/concepts/built-in/jujube/", form).status_code == 302

    concept = Concept.objects.get()
    assert (concept.code, concept.is_active) == ("jujube", False)
    assert found("大枣") == []
    page = text_of(client, "concepts/?q=大枣")
    assert f"concepts/{concept.pk}/" in page
    assert "built-in/jujube" not in page


@pytest.mark.parametrize("same_as", ["", " ", "罗布泊之珠", "！？", "x" * 81])
def test_name_that_makes_no_sense_is_refused(same_as: str) -> None:
    log("罗布泊之珠")

    answer = top().post("/en/ops/search/", {"text": "罗布泊之珠", "same_as": same_as})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Concept.objects.exists()


def test_concept_is_written_switched_off_and_read_again() -> None:
    client = top()
    form = {
        "kind": "product",
        "names_zh": "灰枣\n若羌枣",
        "names_en": "grey jujube",
        "note": "trade fair",
        "is_active": "on",
    }
    assert client.post("/en/ops/search/concepts/new/", form).status_code == 302
    concept = Concept.objects.get()

    page = text_of(client, f"concepts/{concept.pk}/")
    assert "若羌枣" in page
    assert "trade fair" in page
    form = {"kind": "place", "names_zh": "灰枣", "names_ru": "унаби"}
    assert client.post(f"/en/ops/search/concepts/{concept.pk}/", form).status_code == 302

    concept.refresh_from_db()
    assert (concept.kind, concept.is_active, str(concept)) == ("place", False, "灰枣 = унаби")
    assert "not used" in text_of(client, "concepts/?q=унаби")
    assert "No concept has such a name" in text_of(client, "concepts/?q=若羌灰灰枣")
    assert (
        client.post(f"/en/ops/search/concepts/{concept.pk}/", {"kind": "place", "names_zh": "灰枣"}).status_code == 422
    )
    assert client.get("/en/ops/search/concepts/999999/").status_code == 404
    assert str(Concept.objects.get()) == "灰枣 = унаби"


def test_product_in_reach_is_put_first_taken_out_and_brought_back() -> None:
    enterprise = make_enterprise()
    one, two = make_variant(enterprise=enterprise), make_variant(enterprise=enterprise, on_hand=0)
    drain_outbox(NOW)
    search_desk().main.refresh()
    client = signed_in(make_officer(enterprise.unit))
    path = "/en/ops/search/choices/"

    assert (
        client.post(path, {"what": "pin", "text": " 灰棗", "product": two.product_id, "position": "1"}).status_code
        == 302
    )
    assert found("灰枣") == [two.product_id, one.product_id]
    out = {"what": "hide", "text": "", "product": one.product_id, "reason": "recall"}
    assert client.post(path, out | {"reason": ""}).status_code == 422
    assert client.post(path, out).status_code == 302
    assert found("灰枣") == [two.product_id]
    page = text_of(client, "choices/")
    assert "recall" in page

    for undo in (f"hide-{HiddenHit.objects.get().pk}", f"pin-{PinnedHit.objects.get().pk}"):
        assert client.post(path, {"undo": undo}).status_code == 302
    assert found("灰枣") == [one.product_id, two.product_id]
    acts = AuditEntry.objects.filter(action__startswith="search.").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["search.pinned", "search.hidden", "search.shown", "search.unpinned"]


def test_products_of_other_areas_are_neither_shown_nor_touched() -> None:
    theirs = make_variant()
    pin = PinnedHit.objects.create(text="灰枣", product_id=theirs.product_id)
    HiddenHit.objects.create(text="枣", product_id=theirs.product_id, reason="their secret")
    client = signed_in(make_officer(make_regiment()))
    path = "/en/ops/search/choices/"

    assert "their secret" not in text_of(client, "choices/")
    for form in (
        {"what": "hide", "text": "灰枣", "product": theirs.product_id, "reason": "x"},
        {"what": "pin", "text": "灰枣", "product": theirs.product_id},
        {"what": "pin", "text": "灰枣", "product": "x"},
    ):
        assert client.post(path, form).status_code == 422
    for undo in (f"pin-{pin.pk}", "pin-x", "pin-99999999999999999999", f"drop-{pin.pk}"):
        assert client.post(path, {"undo": undo}).status_code == 404

    assert (PinnedHit.objects.count(), HiddenHit.objects.count()) == (1, 1)
    assert not AuditEntry.objects.filter(action__startswith="search.").exists()


def test_lists_cost_the_same_for_three_and_for_thirty() -> None:
    client, enterprise = top(), make_enterprise()

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            log(f"词{number}")
            concept = Concept.objects.create()
            concept.names.create(language="zh-hans", text=f"甲{number}")
            concept.names.create(language="zh-hans", text=f"乙{number}")
            product = Product.objects.get(pk=make_variant(enterprise=enterprise).product_id)
            PinnedHit.objects.create(text=f"词{number}", product_id=product.pk)
            HiddenHit.objects.create(text=f"词{number}", product_id=product.pk, reason="x")

    fill(0, 3)
    text_of(client, "")  # what search knows of words is read by the first who asks
    few = {path: statements_of(lambda path=path: text_of(client, path)) for path in PAGES}  # type: ignore[misc]
    fill(3, 30)

    assert {path: statements_of(lambda path=path: text_of(client, path)) for path in PAGES} == few  # type: ignore[misc]
