"""Tables handed in by a partner's link or by an officer: looked at, taken once, parked like any message."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.common.audit.models import AuditEntry
from market.common.clock import read_clock
from market.drivers import limits
from orders.inbox.files import Sender, look_at_table, take_table
from orders.inbox.models import InboxEvent, ReportLink
from orders.shipments.carriers.values import BEIJING
from orders.shipments.models import Shipment, TrackingEvent
from tests.market.drivers.drivers import give_link, give_partner_link, status_of, work
from tests.market.office.people import signed_in
from tests.market.office.test_partner_links import make_partner
from tests.market.office.test_partners import strangers, top_officer
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db


def hours_ago(hours: float) -> str:
    return f"{read_clock().astimezone(BEIJING) - timedelta(hours=hours):%Y-%m-%d %H:%M}"


def table(*rows: str) -> bytes:
    return "\n".join(["waybill,status,time,place", *rows]).encode()


def load(client: Client, path: str, raw: bytes, *, status: int = 200) -> Any:
    answer = client.post(path, {"file": SimpleUploadedFile("t.csv", raw)})
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


def take(client: Client, path: str, page: str, *, status: int = 200) -> str:
    (content,) = re.findall(r'name="look" value="([^"]+)"', page)
    answer = client.post(path, {"look": content})
    assert answer.status_code == status
    return answer.content.decode()


def test_table_is_looked_at_first_and_taken_once(client: Client) -> None:
    shipment = make_shipment("W1", "truck")
    path = give_partner_link("truck")[1] + "file/"
    raw = table(f"W1,delivered,{hours_ago(1)},Chengdu", f"W1,picked up,{hours_ago(9)},Aral", "W1,flown,x,<b>")

    page = load(client, path, raw)
    assert not InboxEvent.objects.exists()
    assert "“flown” is no status we know" in page
    assert "Row 4" in page
    assert "Taken: 2 rows. Known before: 0." in take(client, path, page)
    work()
    again = load(client, path, raw)
    assert "there is nothing to take" in again
    assert 'name="look"' not in again
    assert "Taken: 0 rows. Known before: 2." in take(client, path, page)  # the first look, sent again
    work()

    shipment.refresh_from_db()
    assert (shipment.status, shipment.flags, shipment.events.count()) == ("delivered", [], 2)
    assert set(TrackingEvent.objects.values_list("source", flat=True)) == {"file"}
    assert InboxEvent.objects.count() == 2


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_parted_by_comma_semicolon_or_tab(client: Client, mark: str) -> None:
    path = give_partner_link("truck")[1] + "file/"
    raw = table(f"W1,picked up,{hours_ago(9)},Aral").replace(b",", mark.encode())

    assert "Taken: 1 rows." in take(client, path, load(client, path, raw))


def test_overlapping_tables_count_each_row_once(client: Client) -> None:
    shipment = make_shipment("W1", "truck")
    path = give_partner_link("truck")[1] + "file/"
    first, second = f"W1,picked up,{hours_ago(9)},Aral", f"W1,delivered,{hours_ago(1)},Chengdu"

    take(client, path, load(client, path, table(first)))
    assert "Taken: 1 rows. Known before: 1." in take(client, path, load(client, path, table(second, first)))
    work()

    assert shipment.events.count() == 2


def test_waybills_nobody_knows_are_told_taken_and_tried_again_with_the_next_table(client: Client) -> None:
    path = give_partner_link("truck")[1] + "file/"
    raw = table(f"W1,picked up,{hours_ago(9)},Aral")
    page = load(client, path, raw)
    assert "Waybills we do not know yet" in page

    take(client, path, page)
    work()
    InboxEvent.objects.update(state="parked")
    shipment = make_shipment("W1", "truck")
    again = load(client, path, raw)
    assert "Still waiting for a person: 1." in again
    assert "Take these rows" not in again
    take(client, path, again)
    work()

    assert (status_of(shipment), InboxEvent.objects.get().state) == ("picked_up", "done")


def test_waybill_of_another_carrier_looks_unknown_and_is_not_moved(client: Client) -> None:
    others = make_shipment("W2", "Express")
    path = give_partner_link("truck")[1] + "file/"

    page = load(client, path, table(f"W2,delivered,{hours_ago(1)},x"))
    take(client, path, page)
    work()

    assert "Waybills we do not know yet" in page
    assert (status_of(others), InboxEvent.objects.get().state) == ("unknown", "parked")


@pytest.mark.parametrize("how", ["forged", "old", "another link", "empty"])
def test_look_that_is_not_ones_own_is_not_taken(client: Client, how: str) -> None:
    make_shipment("W1", "truck")
    path = give_partner_link("truck")[1] + "file/"
    page = load(client, path, table(f"W1,delivered,{hours_ago(1)},x"))
    later = timedelta(0)
    match how:
        case "forged":
            page = page.replace('name="look" value="W', 'name="look" value="X')
        case "old":
            later = timedelta(hours=2)
        case "another link":
            path = give_partner_link("truck")[1] + "file/"
        case _:
            page = 'name="look" value=":"'

    with time_machine.travel(read_clock() + later):
        answer = take(client, path, page, status=422)

    assert "Please load the file again." in answer
    assert not InboxEvent.objects.exists()


def test_shipment_link_takes_no_table_and_a_dead_one_neither(client: Client) -> None:
    path = give_link(make_shipment("W1"))[1] + "file/"
    partner = give_partner_link("truck")[1] + "file/"
    ReportLink.objects.filter(shipment=None).update(withdrawn_at=read_clock())

    assert client.get(path).status_code == 404
    assert client.get(partner).status_code == 410
    load(client, partner, table(), status=410)


@pytest.mark.parametrize(("raw", "words"), [(b"\x00", "no CSV file"), (b"", "empty"), (b"a,b", "No line with")])
def test_file_that_is_no_table_is_refused_in_words(client: Client, raw: bytes, words: str) -> None:
    path = give_partner_link("truck")[1] + "file/"

    assert words in load(client, path, raw, status=422)


def test_nothing_chosen_is_said(client: Client) -> None:
    path = give_partner_link("truck")[1] + "file/"

    answer = client.post(path, {})

    assert answer.status_code == 422
    assert "Please choose a file." in answer.content.decode()


@pytest.mark.parametrize("length", ["99999999", "9" * 30])
def test_huge_request_is_refused_unread(client: Client, length: str) -> None:
    path = give_partner_link("truck")[1] + "file/"

    assert client.post(path, {"file": SimpleUploadedFile("t.csv", b"x")}, CONTENT_LENGTH=length).status_code == 413


def test_tables_in_a_row_are_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = give_partner_link("truck")[1] + "file/"
    monkeypatch.setattr(limits, "FILES_OF_ONE", 1)

    with time_machine.travel(read_clock(), tick=False):  # the next window would begin anew
        load(client, path, table())
        load(client, path, table(), status=429)


def test_ten_thousand_rows_are_looked_at_and_taken_in_batches(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    link, _path = give_partner_link("truck")
    start = read_clock() - timedelta(days=30)
    rows = [f"N{n},in transit,{(start + timedelta(minutes=n)).isoformat()},=cmd()" for n in range(10_000)]
    sender = Sender(link.endpoint, link)

    with django_assert_max_num_queries(70):
        look = look_at_table(table(*rows), sender, now=read_clock())
    with django_assert_max_num_queries(50):
        taken = take_table(look.content, sender, now=read_clock())

    assert (len(look.rows.good), len(look.strange), taken.fresh) == (10_000, 10_000, 10_000)
    assert len(look.content) < 400_000
    assert InboxEvent.objects.count() == 10_000
    assert take_table(look.content, sender, now=read_clock()).known == 10_000


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_sample_can_be_handed_in_as_it_is(client: Client, language: str) -> None:
    path = (give_partner_link("truck")[1] + "file/").replace("/en/", f"/{language}/")

    sample = client.get(f"/{language}/d/sample.csv")
    page = load(client, path, sample.content)

    assert sample["Content-Disposition"] == 'attachment; filename="sample.csv"'
    assert 'name="look"' in page
    assert "SAMPLE-0001" in page


def test_officer_hands_in_a_partners_table_and_it_is_logged() -> None:
    shipment = make_shipment("W1", "Old trucks")
    endpoint, path = make_partner("Old trucks")
    path = path.replace("/links/", "/file/")
    client = top_officer()

    page = load(client, path, table(f"W1,picked up,{hours_ago(9)},Aral"))
    take(client, path, page)
    work()

    assert status_of(shipment) == "picked_up"
    entry = AuditEntry.objects.get(action="partner.table")
    assert (entry.subject_id, entry.details["rows"]) == (endpoint.pk, 1)


@pytest.mark.parametrize("number", range(5))
def test_officers_page_does_not_exist_for_any_other_post(number: int) -> None:
    _endpoint, path = make_partner("Old trucks")
    client = signed_in(strangers()[number])

    load(client, path.replace("/links/", "/file/"), table(), status=404)
    assert Shipment.objects.count() == 0
