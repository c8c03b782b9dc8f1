import pytest
from django.test import Client

from market.compliance.models import DestinationPolicy
from orders.inbox.actions import create_endpoint
from orders.inbox.models import InboxEvent
from orders.payments.models import BankStatementRow
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment, make_user
from tests.market.office.people import signed_in, top_unit

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "admissions/",
    "sellers/",
    "orders/",
    "destinations/",
    "decisions/",
    "inbox/",
    "transfers/",
    "transfers/statement/",
    "refunds/",
    "refunds/1/",
    "posts/",
]
TRANSFER = {"row_id": "B1", "reference": "none", "payer": "示范", "amount": "10.00", "booked_on": "2026-11-24"}


def parked_event() -> InboxEvent:
    endpoint, _secret = create_endpoint("standard", "Example carrier", now=NOW)
    return InboxEvent.objects.create(
        endpoint=endpoint, key="1", sealed=b"", received_at=NOW, due_at=NOW, state="parked", error="Unreadable"
    )


@pytest.mark.parametrize("page", PAGES)
def test_page_does_not_exist_for_sellers_and_buyers(page: str) -> None:
    seller = make_member(make_enterprise())

    assert signed_in(seller).get(f"/en/ops/{page}").status_code == 404
    assert signed_in(make_user()).get(f"/en/ops/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_a_stranger_to_sign_in(page: str) -> None:
    answer = Client().get(f"/en/ops/{page}")

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_home_shows_what_waits_in_the_own_subtree_only(language: str) -> None:
    mine, other = make_enterprise(state="submitted"), make_enterprise(state="submitted")

    page = signed_in(make_officer(mine.unit)).get(f"/{language}/ops/").content.decode()

    assert mine.number in page
    assert other.number not in page


def test_enterprise_of_another_subtree_is_404_to_read_and_to_decide() -> None:
    enterprise = make_enterprise(state="submitted")
    client = signed_in(make_officer(make_regiment()))

    assert client.get(f"/en/ops/sellers/{enterprise.number}/").status_code == 404
    assert client.post(f"/en/ops/sellers/{enterprise.number}/", {"to": "approved"}).status_code == 404
    enterprise.refresh_from_db()
    assert enterprise.state == "submitted"


def test_approving_twice_approves_once_and_says_so() -> None:
    enterprise = make_enterprise(state="submitted")
    client = signed_in(make_officer(enterprise.unit))

    for _ in range(2):
        answer = client.post(f"/en/ops/sellers/{enterprise.number}/", {"to": "approved"}, follow=True)

    enterprise.refresh_from_db()
    assert answer.status_code == 422
    assert "not possible now" in answer.content.decode()
    assert (enterprise.state, enterprise.admission_events.count()) == ("approved", 1)


@pytest.mark.parametrize("to", ["", "draft", "submitted", "nonsense"])
def test_a_wish_that_is_no_decision_changes_nothing(to: str) -> None:
    enterprise = make_enterprise(state="submitted")

    answer = signed_in(make_officer(enterprise.unit)).post(f"/en/ops/sellers/{enterprise.number}/", {"to": to})

    enterprise.refresh_from_db()
    assert answer.status_code == 422
    assert enterprise.state == "submitted"


def test_viewer_sees_an_enterprise_without_buttons() -> None:
    enterprise = make_enterprise(state="submitted")

    page = signed_in(make_officer(enterprise.unit, "viewer")).get(f"/en/ops/sellers/{enterprise.number}/")

    assert page.status_code == 200
    assert 'name="to"' not in page.content.decode()


@pytest.mark.parametrize("role", ["reviewer", "finance", "viewer"])
def test_destinations_are_for_compliance_officers(role: str) -> None:
    wish = {"country": "KZ", "status": "open", "reason": "mine"}

    answer = signed_in(make_officer(make_regiment(), role)).post("/en/ops/destinations/", wish)

    assert answer.status_code == 404
    assert not DestinationPolicy.objects.exists()


def test_destination_is_opened_with_a_reason_and_refused_without() -> None:
    client = signed_in(make_officer(make_regiment(), "compliance"))

    refused = client.post("/en/ops/destinations/", {"country": "kz", "status": "open", "reason": ""})
    assert refused.status_code == 422
    assert not DestinationPolicy.objects.exists()

    client.post("/en/ops/destinations/", {"country": "ｋz", "status": "open", "reason": "first market"})
    assert DestinationPolicy.objects.get().country == "KZ"


@pytest.mark.parametrize("amount", ["0", "-1", "many"])
def test_transfer_of_nothing_is_refused_at_the_field(amount: str) -> None:
    client = signed_in(make_officer(make_regiment(), "finance"))

    answer = client.post("/en/ops/transfers/", TRANSFER | {"amount": amount})

    assert answer.status_code == 422
    assert not BankStatementRow.objects.exists()


def test_the_same_transfer_twice_is_one_row() -> None:
    client = signed_in(make_officer(top_unit(), "finance"))

    for _ in range(2):
        client.post("/en/ops/transfers/", TRANSFER)

    assert BankStatementRow.objects.get().state == "unmatched"


def test_parked_message_is_worked_on_again_once() -> None:
    event = parked_event()
    client = signed_in(make_officer(make_regiment()))

    for _ in range(2):
        assert client.post("/en/ops/inbox/", {"event": event.pk}).status_code == 302

    event.refresh_from_db()
    assert (event.state, event.error) == ("open", "")


def test_viewer_reads_the_inbox_and_replays_nothing() -> None:
    event = parked_event()
    client = signed_in(make_officer(make_regiment(), "viewer"))

    page = client.get("/en/ops/inbox/")
    answer = client.post("/en/ops/inbox/", {"event": event.pk})

    event.refresh_from_db()
    assert 'name="event"' not in page.content.decode()
    assert (page.status_code, answer.status_code, event.state) == (200, 404, "parked")


@pytest.mark.parametrize(("waiting", "words"), [(1, "заявка ждёт"), (2, "заявки ждут"), (5, "заявок ждут")])
def test_figures_of_the_desk_take_the_form_their_number_asks_for(waiting: int, words: str) -> None:
    regiment = make_regiment()
    for _number in range(waiting):
        make_enterprise(unit=regiment, state="submitted")

    page = signed_in(make_officer(regiment)).get("/ru/ops/").content.decode()

    assert f"<strong>{waiting}</strong>{words}" in page


def test_destination_that_is_no_country_is_refused() -> None:
    client = signed_in(make_officer(make_regiment(), "compliance"))

    refused = client.post("/en/ops/destinations/", {"country": "xx", "status": "open", "reason": "why"})

    assert refused.status_code == 422
    assert "no country has this code" in refused.content.decode()
    assert DestinationPolicy.objects.count() == 0
