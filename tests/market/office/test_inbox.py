"""Messages of partners: found, read without the people in them, worked on again by one and by many."""

import json
import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from market.common.audit.models import AuditEntry
from market.common.clock import read_clock
from market.common.sealing import seal
from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, InboxEvent
from orders.inbox.tasks import process_inbox
from orders.shipments.models import Shipment
from tests.builders import NOW, make_officer, make_regiment
from tests.market.office.people import signed_in, statements_of, top_unit
from tests.orders.inbox.test_receive import make_shipment, payload

pytestmark = pytest.mark.django_db
BODY = {
    "tracking_number": "SF1234567890",
    "status": "in_transit",
    "receiver": {"name": "李买家", "phone": "13800001111"},
}


def top_officer() -> Client:
    return signed_in(make_officer(top_unit(), "compliance"))


def partner(name: str = "Carrier") -> Endpoint:
    return create_endpoint("standard", name, now=NOW)[0]


def stored(endpoint: Endpoint, state: str = "parked", hours: int = 0) -> InboxEvent:
    at = NOW + timedelta(hours=hours)
    return InboxEvent.objects.create(
        endpoint=endpoint,
        key=f"k{InboxEvent.objects.count()}",
        sealed=seal(json.dumps(BODY).encode()),
        received_at=at,
        due_at=at,
        state=state,
        error="UnknownNumberError: SF1234567890",
    )


def states() -> list[str]:
    return list(InboxEvent.objects.order_by("pk").values_list("state", flat=True))


def test_list_is_filtered_by_partner_and_state() -> None:
    first, second = partner("One"), partner("Two")
    troubled, done, other = stored(first), stored(first, "done"), stored(second)
    client = top_officer()

    def shown(query: str) -> set[int]:
        page = client.get(f"/en/ops/inbox/{query}").content.decode()
        return {event.pk for event in (troubled, done, other) if f"/en/ops/inbox/{event.pk}/" in page}

    assert shown("") == {troubled.pk, other.pk}
    assert shown(f"?partner={first.pk}") == {troubled.pk}
    assert shown("?state=done") == {done.pk}
    assert shown("?state=nonsense&partner=nobody") == set()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("UnknownNumberError: none has it", "No shipment has this tracking number.</span>"),
        (
            "ForeignWaybillError: the waybill is SF's",
            "The waybill is another carrier's, which this partner does not report for.<br>the waybill is SF's</span>",
        ),
        ("LogFullError: 10000", "The shipment's temperature log is full: the readings were not taken.</span>"),
        ("KeyError: 7", "Working on the message failed.<br>KeyError: 7</span>"),
    ],
)
def test_what_went_wrong_is_a_sentence_with_the_error_s_name_only_where_nobody_knows_it(error: str, said: str) -> None:
    event = stored(partner())
    InboxEvent.objects.update(error=error)
    client = top_officer()

    for path, end in (("/en/ops/inbox/", "</span>"), (f"/en/ops/inbox/{event.pk}/", "</dd>")):
        page = re.sub("</?code[^>]*>", "", unescape(client.get(path).content.decode()))
        assert said.replace("</span>", end) in page


def test_message_is_read_without_the_people_in_it() -> None:
    event = stored(partner())

    page = top_officer().get(f"/en/ops/inbox/{event.pk}/")

    text = page.content.decode()
    assert "in_transit" in text
    assert "…7890" in text
    assert "13800001111" not in text
    assert "李买家" not in text
    assert "no-store" in page["Cache-Control"]


def test_message_sealed_under_another_key_says_so() -> None:
    event = stored(partner())
    InboxEvent.objects.update(sealed=b"nothing we can open")

    assert "cannot be opened" in top_officer().get(f"/en/ops/inbox/{event.pk}/").content.decode()


def test_message_is_not_there_for_officers_below_the_top() -> None:
    event = stored(partner())
    client = signed_in(make_officer(make_regiment(), "compliance"))

    assert client.get(f"/en/ops/inbox/{event.pk}/").status_code == 404
    assert client.post(f"/en/ops/inbox/{event.pk}/").status_code == 404
    assert client.post("/en/ops/inbox/", {"endpoint": event.endpoint_id}).status_code == 404
    assert states() == ["parked"]


def test_message_worked_on_again_twice_is_opened_once_and_noted_once() -> None:
    event = stored(partner())
    client = top_officer()

    first = client.post(f"/en/ops/inbox/{event.pk}/", follow=True).content.decode()
    second = client.post(f"/en/ops/inbox/{event.pk}/", follow=True).content.decode()

    assert "is worked on again" in first
    assert "waits or is done already" in second
    assert states() == ["open"]
    assert AuditEntry.objects.filter(action="inbox.replayed", subject_id=event.endpoint_id).count() == 1


def test_all_of_a_partner_are_worked_on_again_and_nobody_elses() -> None:
    mine, other = partner("One"), partner("Two")
    for event in (mine, mine, other):
        stored(event)
    stored(mine, "done")

    for _ in range(2):
        top_officer().post("/en/ops/inbox/", {"endpoint": mine.pk})

    assert states() == ["open", "open", "parked", "done"]
    assert [entry.details["messages"] for entry in AuditEntry.objects.filter(action="inbox.replayed")] == [2]


def test_done_ones_are_worked_on_again_only_when_asked_for() -> None:
    mine, other = partner("One"), partner("Two")
    for endpoint, state in ((mine, "done"), (mine, "dead"), (other, "done")):
        stored(endpoint, state)

    top_officer().post("/en/ops/inbox/", {"endpoint": mine.pk, "with_done": "on"})

    assert states() == ["open", "open", "done"]
    entry = AuditEntry.objects.get(action="inbox.replayed")
    assert (entry.details["messages"], entry.details["with_done"]) == (2, True)
    assert 'name="with_done"' in top_officer().get("/en/ops/inbox/").content.decode()


def test_span_of_time_takes_its_beginning_and_leaves_its_end() -> None:
    endpoint = partner()
    for hours in (0, 1, 2):
        stored(endpoint, hours=hours)
    wall = [(NOW + timedelta(hours=8 + hours)).strftime("%Y-%m-%d %H:%M") for hours in (1, 2)]

    answer = top_officer().post("/en/ops/inbox/", {"since": wall[0], "until": wall[1]})

    assert answer.status_code == 302
    assert states() == ["parked", "open", "parked"]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"with_done": "on"},
        {"since": "yesterday"},
        {"endpoint": "nobody"},
        {"since": "2026-11-24 10:00", "until": "2026-11-24 09:00"},
    ],
)
def test_wish_that_says_nothing_sensible_is_refused_and_opens_nothing(wish: dict[str, str]) -> None:
    stored(partner())

    answer = top_officer().post("/en/ops/inbox/", wish)

    assert answer.status_code == 422
    assert wish.get("since", "") in answer.content.decode()
    assert states() == ["parked"]


def test_list_asks_as_often_for_thirty_messages_as_for_three() -> None:
    endpoint, client = partner(), top_officer()

    def fill(number: int) -> int:
        for _ in range(number):
            stored(endpoint)
        return statements_of(lambda: client.get("/en/ops/inbox/"))

    assert fill(3) == fill(27)


def told(language: str, wish: dict[str, str]) -> list[str]:
    answer = top_officer().post(f"/{language}/ops/inbox/", wish, follow=True)
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("en", 1, "1 message is worked on again."),
        ("en", 2, "2 messages are worked on again."),
        ("ru", 1, "1 сообщение снова в работе."),
        ("ru", 3, "3 сообщения снова в работе."),
        ("ru", 5, "5 сообщений снова в работе."),
        ("ru", 21, "21 сообщение снова в работе."),
        ("zh-hans", 2, "2 条消息正在重新处理。"),
    ],
)
def test_many_are_counted_in_the_grammar_of_the_page(language: str, number: int, words: str) -> None:
    endpoint = partner()
    for _ in range(number):
        stored(endpoint)

    assert told(language, {"endpoint": endpoint.pk}) == [words]


def test_what_is_no_longer_kept_is_told_apart_and_offered_no_button() -> None:
    endpoint = partner()
    stored(endpoint)
    lost = stored(endpoint, "dead")
    InboxEvent.objects.filter(pk=lost.pk).update(is_purged=True, sealed=b"")
    assert f'name="event" value="{lost.pk}"' not in top_officer().get("/en/ops/inbox/").content.decode()

    assert told("en", {"endpoint": endpoint.pk}) == [
        "1 message is worked on again.",
        "1 message stays as it is: its text is no longer kept.",
    ]
    assert states() == ["open", "dead"]


def test_a_choice_in_which_nothing_stands_still_says_so() -> None:
    endpoint = partner()
    stored(endpoint, "done")

    assert told("en", {"endpoint": endpoint.pk}) == ["No message of this choice stands still."]
    assert not AuditEntry.objects.filter(action="inbox.replayed").exists()


@pytest.mark.parametrize("way", ["page", "command"])
def test_of_a_mixed_choice_each_ends_as_it_deserves(way: str) -> None:
    """One whose shipment is known by now, one whose number stays unknown, one that nobody can read."""
    endpoint = partner()
    make_shipment("SF1234567890")
    for number in ("SF1234567890", "NOBODY"):
        body = payload(number, (NOW.isoformat(), "in_transit"))
        InboxEvent.objects.filter(pk=stored(endpoint).pk).update(sealed=seal(body))
    InboxEvent.objects.filter(pk=stored(endpoint, "dead").pk).update(sealed=seal(b"no table"), attempts=8)

    if way == "page":
        assert told("en", {"endpoint": endpoint.pk}) == ["3 messages are worked on again."]
    else:
        out = StringIO()
        call_command("replay_inbox", "--endpoint", endpoint.pk, stdout=out)
        assert out.getvalue() == "3 opened\n"
    process_inbox(read_clock())

    assert Shipment.objects.get().status == "in_transit"
    assert states()[0] == "done"
    assert "done" not in states()[1:]
    errors = InboxEvent.objects.order_by("pk").values_list("error", flat=True)
    assert [error.partition(":")[0] for error in errors] == ["", "UnknownNumberError", "UnreadableError"]
