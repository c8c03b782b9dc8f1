import pytest

from market.common.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from market.common.outbox.models import OutboxEvent
from orders.quotes.actions.answer_enquiry import answer_enquiry, close_enquiry
from orders.quotes.models import Enquiry, EnquiryEvent, EnquiryLine, EnquiryPart
from orders.quotes.queries import enquiries_of, find_enquiry, parts_for_enterprise
from orders.quotes.states import state_of
from tests.builders import NOW, make_enquiry_of, make_member, make_user, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry() -> Enquiry:
    return make_enquiry_of(make_variant(), make_variant(), user=make_user())


def parts(enquiry: Enquiry) -> list[EnquiryPart]:
    return list(enquiry.parts.order_by("number"))


def test_the_whole_is_answered_when_everybody_has_and_closed_when_all_are(enquiry: Enquiry) -> None:
    first, second = parts(enquiry)
    assert state_of(parts(enquiry)) == "open"

    answer_enquiry(first, by=make_member(first.enterprise), message="26 USD a box, FCA Khorgos", now=NOW)
    assert state_of(parts(enquiry)) == "open"
    answer_enquiry(second, by=make_member(second.enterprise, "sales"), message="no", now=NOW)
    assert state_of(parts(enquiry)) == "answered"
    for part in parts(enquiry):
        close_enquiry(part, by=enquiry.buyer, by_seller=False, message="", now=NOW)

    assert state_of(parts(enquiry)) == "closed"
    moves = EnquiryEvent.objects.filter(part=first).values_list("from_state", "to_state", "by_seller")
    assert list(moves) == [("", "open", False), ("open", "answered", True), ("answered", "closed", False)]
    assert OutboxEvent.objects.filter(topic="enquiry.answered").count() == 2
    assert OutboxEvent.objects.filter(topic="enquiry.closed").count() == 2


def test_a_closed_part_takes_no_answer(enquiry: Enquiry) -> None:
    part, _other = parts(enquiry)
    seller = make_member(part.enterprise)
    close_enquiry(part, by=seller, by_seller=True, message="sold out", now=NOW)

    with pytest.raises(IllegalMove):
        answer_enquiry(part, by=seller, message="again", now=NOW)

    assert part.events.count() == 2


@pytest.mark.parametrize("role", ["warehouse", "finance", "viewer"])
def test_other_staff_answer_nothing(enquiry: Enquiry, role: str) -> None:
    part, _other = parts(enquiry)

    with pytest.raises(NotAllowed):
        answer_enquiry(part, by=make_member(part.enterprise, role), message="mine", now=NOW)
    with pytest.raises(NotAllowed):
        close_enquiry(part, by=make_member(part.enterprise, role), by_seller=True, message="mine", now=NOW)

    assert part.events.count() == 1


def test_the_other_seller_of_the_enquiry_answers_nothing_of_mine(enquiry: Enquiry) -> None:
    first, second = parts(enquiry)

    with pytest.raises(NotAllowed):
        answer_enquiry(first, by=make_member(second.enterprise), message="cheaper", now=NOW)


@pytest.mark.parametrize("message", ["", "  ", "a\0b", "x" * 4001])
def test_an_answer_without_readable_words_is_refused(enquiry: Enquiry, message: str) -> None:
    part, _other = parts(enquiry)

    with pytest.raises(InvalidInput):
        answer_enquiry(part, by=make_member(part.enterprise), message=message, now=NOW)

    part.refresh_from_db()
    assert part.state == "open"


def test_sellers_and_officers_see_their_own_lines_only(enquiry: Enquiry) -> None:
    first, second = parts(enquiry)

    assert list(parts_for_enterprise(first.enterprise_id)) == [first]
    assert [line.part for line in EnquiryLine.objects.for_enterprise(first.enterprise_id)] == [first]
    assert [line.part for line in EnquiryLine.objects.for_subtree(second.enterprise.unit.path)] == [second]
    assert set(EnquiryPart.objects.for_subtree("/XP/")) == {first, second}


def test_an_enquiry_is_found_by_its_buyer_or_its_token_and_by_nobody_else(enquiry: Enquiry) -> None:
    assert find_enquiry(enquiry.number, user=enquiry.buyer) == enquiry
    assert list(enquiries_of(make_user())) == []
    for token, user in (("", None), ("wrong", None), ("", make_user())):
        with pytest.raises(NotFound):
            find_enquiry(enquiry.number, token=token, user=user)


def test_a_guests_enquiry_belongs_to_no_stranger() -> None:
    guests = make_enquiry_of(make_variant())

    with pytest.raises(NotFound):
        find_enquiry(guests.number, user=None)
