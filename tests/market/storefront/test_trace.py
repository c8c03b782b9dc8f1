"""The page behind the code of a label, for everybody and in three languages."""

from datetime import date

import pytest
from django.test import Client

from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.models import HarvestLot
from catalog.trace.actions.capture_document import capture_document
from catalog.trace.own import lot_qr_text, lot_uri
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from orders.recalls.actions.open_recall import open_recall
from tests.builders import NOW, make_officer, make_variant
from tests.catalog.trace.blends import blend, lot_of
from tests.catalog.trace.documents import document_of, grading, quantity
from tests.market.office.people import statements_of
from tests.market.storefront.shop import words
from tests.orders.claims import make_paid, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot() -> HarvestLot:
    return lot_of(make_variant(net_kg="5", on_hand=20))


def page(lot: HarvestLot, query: str = "?lang=en") -> str:
    answer = Client().get(f"/t/{lot.code}{query}")
    assert answer.status_code == 200
    return words(answer)


def test_page_tells_who_where_and_when_and_what_is_not_known(lot: HarvestLot) -> None:
    drain_outbox(NOW)

    seen = page(lot)

    for part in (
        lot.product.name_en,
        lot.number,
        lot.enterprise.credit_code,
        "CN-XJ",
        lot.enterprise.unit.name_zh,
        "示范兵团",
        "2026-10-01",
        "Nothing against this lot is known",
        "harvested and taken into store",
        "does not prove that they are genuine",
        "How it was grown",
        "Whether it was tested",
    ):
        assert part in seen, part


def test_page_is_found_by_the_printed_code_in_any_letters(lot: HarvestLot) -> None:
    text = lot_qr_text(lot.code or "")

    assert text == text.upper()
    for path in (f"/T/{lot.code}", f"/t/{(lot.code or '').lower()}", f"/t/ {lot.code} "):
        assert Client().get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("query", "accepted", "seen"),
    [
        ("", "ru,en;q=0.5", "Партия"),
        ("", "en", "Packed and sold by"),
        ("", "de", "批次"),
        ("?lang=zh", "en", "批次"),
        ("?lang=ru", "en", "Партия"),
        ("?lang=xx", "en", "批次"),
    ],
)
def test_page_speaks_the_language_of_the_reader(lot: HarvestLot, query: str, accepted: str, seen: str) -> None:
    answer = Client().get(f"/t/{lot.code}{query}", headers={"accept-language": accepted})

    assert seen in words(answer)
    assert "Accept-Language" in answer["Vary"]
    assert "public" not in answer["Cache-Control"]
    assert f'href="?lang={"ru"}"' in answer.content.decode()


def test_unknown_code_is_said_to_be_unknown(lot: HarvestLot) -> None:
    for code in ("0" * 12, "%3Cscript%3E", "x" * 300, "%00"):
        answer = Client().get(f"/t/{code}?lang=en")
        assert answer.status_code == 404, code
        assert "<script>" not in answer.content.decode().replace('<script src="', "")
    assert "Unknown lot" in words(Client().get("/t/0?lang=en"))


def test_page_warns_of_recalled_expired_and_held_lots(lot: HarvestLot) -> None:
    quarantine_lot(lot, reason="damp, says Li Gong", by=None, now=NOW)
    assert "holds this lot back" in page(lot)
    assert "Li Gong" not in page(lot)
    HarvestLot.objects.filter(pk=lot.pk).update(best_before=date(2026, 10, 30))
    assert "was best before" in page(lot)
    open_recall(
        lot, severity="1", reason="residues above the limit", by=make_officer(lot.enterprise.unit), now=read_clock()
    )

    seen = page(lot)

    assert "This lot is recalled" in seen
    assert "residues above the limit" in seen
    assert "Nothing against this lot" not in seen


def test_page_of_a_blend_leads_to_its_lots_and_names_no_buyer_or_amount(lot: HarvestLot) -> None:
    blend((lot, 50), into=(lot.product.variants.get(), "MIX", 50))
    made = HarvestLot.objects.get(number="MIX")
    HarvestLot.objects.filter(pk=lot.pk).update(state=HarvestLot.State.QUARANTINED)
    order = make_paid((lot.product.variants.get(), 4))
    send(order)
    while drain_outbox(NOW):
        pass

    answer = Client().get(f"/t/{made.code}?lang=en")

    seen = words(answer)
    assert f"/t/{lot.code}" in answer.content.decode()
    for part in ("mixed or processed the seller says so", "first sent out recorded by the marketplace"):
        assert part in seen
    for part in (order.number, order.purchase.buyer_name, "20 kg"):
        assert part not in seen


def test_page_tells_how_it_was_grown_and_tested_without_places_or_people(lot: HarvestLot) -> None:
    season = {"transformationID": "urn:uuid:s", "readPoint": {"id": "geo:44.31,86.04"}, "agri:operator": "王工"}
    uri = {"epcClass": lot_uri(lot)}
    planting = grading("urn:uuid:1", eventTime="2026-04-02T09:00:00+08:00", outputQuantityList=[], **season)
    harvest = grading(
        "urn:uuid:2", bizStep="commissioning", inputQuantityList=[], outputQuantityList=[{**quantity("H", 100), **uri}]
    ) | {"ilmd": {"cbvmda:countryOfOrigin": "CN", "agri:originSubdivision": "CN-XJ"}, "transformationID": "urn:uuid:s"}
    test = grading("urn:uuid:3", eventTime="2026-10-15T09:00:00+08:00", bizStep="inspecting", disposition="conformant")
    test |= {"type": "ObjectEvent", "action": "OBSERVE", "quantityList": [uri]}
    del test["inputQuantityList"], test["outputQuantityList"]
    planting["bizStep"] = "https://example.org/voc/BizStep-planting"
    capture_document(lot.enterprise, document_of(planting, harvest, test), now=NOW)

    seen = page(lot)

    assert "planted the seller says so" in seen
    assert "tested: as it must be" in seen
    assert "How it was grown" not in seen
    assert "44.31" not in seen
    assert "王工" not in seen


def test_page_asks_no_more_for_many_lots(lot: HarvestLot) -> None:
    variant = lot.product.variants.get()
    for number in range(4):
        blend((lot, 5), into=(variant, f"M{number}", 5))
    blend(*((HarvestLot.objects.get(number=f"M{n}"), 5) for n in range(4)), into=(variant, "MIX", 20))
    one, many = (HarvestLot.objects.get(number=number) for number in ("M0", "MIX"))

    assert statements_of(lambda: page(one)) == statements_of(lambda: page(many))
