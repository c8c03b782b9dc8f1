import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.prices.models import PricePlace, PriceReport
from tests.builders import make_officer
from tests.market.office.people import signed_in
from tests.market.prices.scenes import make_commodity, make_place
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
PATH = "/en/ops/prices/table/"
HEAD = "品名,最低价,平均价,最高价,规格,单位,发布日期\r\n"
ROWS = ("灰枣,9,10,11,普通,公斤,2026-10-01", "灰枣,9,0,11,普通,公斤,2026-10-02", "灰枣,9,10,11,普通,公斤,2026-10-01")


def look(client: Client, place: PricePlace, *rows: str, reporter: str = "市场日报") -> Any:
    make_commodity()
    raw = (HEAD + "".join(f"{row}\r\n" for row in rows)).encode("gb18030")
    answers = {"place": place.pk, "basis": "wholesale", "reporter": reporter, "source": "bulletin"}
    return client.post(PATH, answers | {"file": SimpleUploadedFile("10月.csv", raw)})


def lines_in(page: Any) -> str:
    found = re.search(r'name="lines" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def test_table_is_looked_at_and_then_taken_over() -> None:
    place = make_place()
    client = signed_in(make_officer(place.unit))

    page = look(client, place, *ROWS)

    assert "1 line is new. Nothing has been stored yet." in words(page)
    assert "the average is missing" in words(page)
    assert not PriceReport.objects.exists()

    done = words(client.post(PATH, {"lines": lines_in(page)}))

    assert "1 line has been stored." in done
    assert PriceReport.objects.get().raw["file"] == "10月.csv"
    assert "0 lines are new" in words(look(client, place, *ROWS))


def test_every_line_is_in_the_sum() -> None:
    place = make_place()

    page = words(look(signed_in(make_officer(place.unit)), place, *ROWS))

    assert "the same as an earlier line 1" in page
    assert "Sum 3" in page


def test_look_of_another_officer_or_a_changed_one_is_not_taken_over() -> None:
    place = make_place()
    lines = lines_in(look(signed_in(make_officer(place.unit)), place, *ROWS))
    other = signed_in(make_officer(place.unit))

    for sent in (lines, f"x{lines}"):
        assert "too old or has been changed" in words(other.post(PATH, {"lines": sent}, follow=True))
    assert not PriceReport.objects.exists()


def test_place_of_another_division_is_not_offered() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")

    page = look(signed_in(make_officer(elsewhere.unit)), place, *ROWS)

    assert page.status_code == 422
    assert place.name_zh not in page.content.decode()


def test_post_that_ended_between_look_and_taking_over() -> None:
    place = make_place()
    officer = make_officer(place.unit)
    client = signed_in(officer)
    lines = lines_in(look(client, place, *ROWS))
    officer.posts.update(role="viewer")

    assert client.post(PATH, {"lines": lines}).status_code == 404
    assert not PriceReport.objects.exists()


def test_officer_moved_to_another_division_between_look_and_taking_over() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")
    officer = make_officer(place.unit)
    client = signed_in(officer)
    lines = lines_in(look(client, place, *ROWS))
    officer.posts.update(unit=elsewhere.unit)

    assert client.post(PATH, {"lines": lines}).status_code == 404
    assert not PriceReport.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"\x00\x01", b"a,b\r\n1,2\r\n"])
def test_file_that_is_no_table_is_refused_with_words(raw: bytes) -> None:
    place = make_place()
    client = signed_in(make_officer(place.unit))
    answers = {"place": place.pk, "basis": "wholesale", "reporter": "x", "source": "bulletin"}

    page = client.post(PATH, answers | {"file": SimpleUploadedFile("x.csv", raw)})

    assert page.status_code == 422
