"""What is queued goes once, later when the provider is away, and never when it is stale or too much."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from market.common.sms import send
from market.common.sms.base import NotSent, ShortMessage
from market.common.sms.models import QueuedMessage
from market.common.sms.send import DAILY, KEPT, STALE, forget_old, queue_messages, send_due
from tests.builders import NOW

pytestmark = pytest.mark.django_db
S = QueuedMessage.State


class Recorder:
    """A sender that keeps what it sent, and fails as it is told to."""

    def __init__(self, url: str) -> None:
        self.sent, self.asked = list[str](), 0
        self.error: Exception | None = None
        self.chokes_on = ""

    def send(self, message: ShortMessage) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        if self.chokes_on == message.words:
            raise NotSent("status 500", is_final=False)
        self.sent.append(message.words)


@pytest.fixture
def sender(settings: Settings) -> Recorder:
    settings.MARKET_SMS_SENDERS = {"test": f"{__name__}.Recorder"}
    settings.SMS_URL = "test:"
    send._sender.cache_clear()
    made = send._sender(f"{__name__}.Recorder", "test:")
    assert isinstance(made, Recorder)
    return made


def message(words: str = "hello", phone: str = "+8613800138000") -> ShortMessage:
    return ShortMessage(phone, "shipment", "zh-hans", {"order": "P1"}, words)


def test_what_is_queued_twice_goes_once_and_in_order(sender: Recorder) -> None:
    queue_messages([("a", message("first")), ("b", message("second"))], NOW)
    queue_messages([("a", message("first again"))], NOW)

    assert [send_due(NOW), send_due(NOW)] == [2, 0]

    assert sender.sent == ["first", "second"]
    assert {row.state for row in QueuedMessage.objects.all()} == {S.SENT}


@pytest.mark.parametrize("error", [NotSent("no answer: TimeoutError", is_final=False), RuntimeError("a bug of theirs")])
def test_a_provider_that_is_away_is_asked_once_and_all_go_later(sender: Recorder, error: Exception) -> None:
    queue_messages([(key, message(key)) for key in "abc"], NOW)
    sender.error = error

    assert send_due(NOW) == 3
    assert send_due(NOW) == 0
    assert sender.asked == 1
    sender.error = None
    send_due(NOW + timedelta(seconds=31))

    assert sender.sent == ["b", "c", "a"]


def test_one_that_a_provider_chokes_on_delays_the_others_once(sender: Recorder) -> None:
    queue_messages([(key, message(key)) for key in "abc"], NOW)
    sender.chokes_on = "a"

    for seconds in range(100):
        send_due(NOW + timedelta(seconds=seconds))
    queue_messages([("d", message("d"))], NOW + timedelta(seconds=100))
    send_due(NOW + timedelta(hours=1))

    assert sender.sent == ["b", "c", "d"]
    assert QueuedMessage.objects.get(key="a").error == "status 500"


def test_one_that_can_never_go_stops_none_of_the_others(sender: Recorder) -> None:
    queue_messages([("a", message("first"))], NOW)
    sender.error = NotSent("isv.MOBILE_NUMBER_ILLEGAL", is_final=True)
    send_due(NOW)
    sender.error = None
    queue_messages([("b", message("second"))], NOW)

    send_due(NOW)

    assert sender.sent == ["second"]
    failed = QueuedMessage.objects.get(key="a")
    assert (failed.state, failed.error) == (S.FAILED, "isv.MOBILE_NUMBER_ILLEGAL")


def test_news_of_yesterday_is_not_sent(sender: Recorder) -> None:
    queue_messages([("a", message())], NOW)

    send_due(NOW + STALE + timedelta(seconds=1))

    assert sender.sent == []
    assert QueuedMessage.objects.get().error == "too old"


def test_a_number_is_told_so_much_in_a_day_and_others_still_hear(sender: Recorder) -> None:
    queue_messages([(str(place), message(str(place))) for place in range(DAILY + 2)], NOW)
    queue_messages([("other", message("other", "+8613900139000"))], NOW)

    while send_due(NOW):
        pass

    assert len(sender.sent) == DAILY + 1
    assert sender.sent[-1] == "other"


def test_what_a_killed_worker_held_goes_after_its_lease(sender: Recorder) -> None:
    queue_messages([("a", message("held"))], NOW)
    send._claim(NOW)

    assert send_due(NOW + timedelta(minutes=1)) == 0
    assert send_due(NOW + send.LEASE) == 1

    assert sender.sent == ["held"]


def test_words_are_cut_to_what_a_row_holds(sender: Recorder) -> None:
    queue_messages([("a", message("x" * 600))], NOW)

    send_due(NOW)

    assert sender.sent == ["x" * 500]


def test_numbers_are_not_kept_for_long(sender: Recorder) -> None:
    queue_messages([("old", message("old"))], NOW - KEPT - timedelta(hours=1))
    QueuedMessage.objects.update(state=S.SENT)
    queue_messages([("waits", message("waits"))], NOW - KEPT - timedelta(hours=1))
    queue_messages([("new", message("new"))], NOW)

    forget_old(NOW)

    assert {row.key for row in QueuedMessage.objects.all()} == {"waits", "new"}
