import pytest
from django.conf import settings

from catalog.trace.own import code_of, event_name, lot_qr_text, lot_uri
from tests.builders import make_variant


@pytest.mark.django_db
def test_address_of_a_lot_leads_back_to_its_code_in_any_letters() -> None:
    lot = make_variant().product.lots.get()

    assert code_of(lot_uri(lot)) == lot.code
    assert code_of(lot_qr_text(lot.code or "")) == lot.code


@pytest.mark.parametrize("uri", ["https://id.example.org/t/0123456789AB", "t/0123456789AB", ""])
def test_address_of_others_has_no_code(uri: str) -> None:
    assert code_of(uri) is None
    assert code_of(f"{settings.PUBLIC_URL}/t/0123456789AB/more") is None


def test_event_name_is_the_same_for_the_same_parts_only() -> None:
    assert event_name("lot", 1, 2) == event_name("lot", "1", "2") != event_name("lot", 12)
