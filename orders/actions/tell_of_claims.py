"""Tell both sides what became of a claim, by mail or, without an address, by short message; officers by mail which one
waits for them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.mails import plain_mail
from market.common.money import format_amount
from market.common.outbox.models import OutboxEvent
from market.enterprises.queries import reviewers_near, staff_with
from market.enterprises.roles import Right
from market.enterprises.text_staff import text_staff
from orders.actions.short_words import CLAIM_ANSWERED, CLAIM_ENDED, SELLER_CLAIM
from orders.actions.text_buyer import text_buyer
from orders.claims.models import Claim
from orders.claims.queries import is_party, whole_claims
from orders.orders.buyer import buyer_address, buyers_page

S = Claim.State
# What is told of each event, while it is still so; and to whom.
STILL = {"claim.filed": (S.OPEN,), "claim.answered": (S.ANSWERED,), "claim.escalated": (S.ESCALATED,)}
TO_SELLER = ("claim.filed", "claim.escalated", "claim.ended")
TO_BUYER = ("claim.answered", "claim.escalated", "claim.ended")


def send_mails(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `claim.*`. What has moved on since is told by its own event; a mail that went out before the process
    died goes out again, which says nothing false."""
    found = {claim.number: claim for claim in whole_claims().filter(number__in=[event.subject for event in events])}
    for event in events:
        claim = found[event.subject]
        if claim.state not in STILL.get(event.topic, (S.SETTLED, S.WITHDRAWN)):
            continue
        if event.topic in TO_SELLER:
            for member in staff_with(claim.seller_order.enterprise_id, Right.TRADE):
                seller_mail(claim, member.user).send()
        if event.topic in TO_BUYER and (address := buyer_address(claim.seller_order.purchase)):
            buyer_mail(claim, address).send()
        _text(claim, event.topic, now)
        if event.topic == "claim.escalated":
            for officer in _deciders(claim, now):
                officer_mail(claim, officer).send()


def _text(claim: Claim, topic: str, now: datetime) -> None:
    """What somebody has to act on, and how it ended."""
    order, number = claim.seller_order, claim.number
    if topic == "claim.filed":
        facts = {"claim": number, "order": order.number}
        text_staff(order.enterprise_id, (Right.TRADE,), "seller_claim", SELLER_CLAIM, about=number, now=now, **facts)
    if topic == "claim.answered":
        text_buyer(order.purchase, "claim_answered", CLAIM_ANSWERED, about=number, now=now, claim=number)
    if topic == "claim.ended":
        state = S(claim.state).label
        text_buyer(order.purchase, "claim_ended", CLAIM_ENDED, about=number, now=now, claim=number, state=state)


def _deciders(claim: Claim, now: datetime) -> list[User]:
    """The nearest reviewers that a mail reaches and who neither sold nor bought."""
    order = claim.seller_order
    for near in reviewers_near(order.enterprise, now):
        reached = {user.pk: user for user in near if user.email and not is_party(order, user)}
        if reached:
            return list(reached.values())
    return []


def officer_mail(claim: Claim, officer: User) -> EmailMessage:
    """Plain text, in the officer's language."""
    language = normal_language(officer.language)
    return _mail(claim, language, f"/{language}/ops/claims/{claim.number}/", str(officer.email), is_officer=True)


def seller_mail(claim: Claim, user: User) -> EmailMessage:
    """Plain text, in the member's language."""
    language = normal_language(user.language)
    return _mail(claim, language, f"/{language}/sell/claims/{claim.number}/", str(user.email))


def buyer_mail(claim: Claim, address: str) -> EmailMessage:
    """Plain text, in the language of the purchase."""
    purchase = claim.seller_order.purchase
    language = normal_language(purchase.language)
    return _mail(claim, language, buyers_page(purchase), address)


def _mail(claim: Claim, language: str, page: str, address: str, *, is_officer: bool = False) -> EmailMessage:
    with override(language):
        facts = {"claim": claim.number, "order": claim.seller_order.number, "state": claim.get_state_display()}
        news = _to_decide(claim, facts, language) if is_officer else _news(claim, facts, language)
        subject = _("Claim %(claim)s: %(state)s") % facts
    return plain_mail(address, subject, [news], page=page)


def _to_decide(claim: Claim, facts: dict[str, str], language: str) -> str:
    sums = {"wanted": claim.wanted, "offered": claim.offered}
    words = _(
        "Claim %(claim)s about order %(order)s waits for an officer: the buyer wants %(wanted)s, the seller offers "
        "%(offered)s."
    )
    return words % (facts | {name: format_amount(sum_, claim.currency, language) for name, sum_ in sums.items()})


def _news(claim: Claim, facts: dict[str, str], language: str) -> str:
    def amount(value: Decimal) -> str:
        return format_amount(value, claim.currency, language)

    if claim.state == S.OPEN:
        words = _("The buyer of order %(order)s claims %(amount)s. Please answer within three days.")
        return words % (facts | {"amount": amount(claim.wanted)})
    if claim.state == S.ANSWERED:
        words = _(
            "The seller has answered your claim about order %(order)s and offers %(amount)s. Take it or ask an officer "
            "within seven days; after that the answer stands."
        )
        return words % (facts | {"amount": amount(claim.offered)})
    if claim.state == S.ESCALATED:
        return _("An officer now decides claim %(claim)s about order %(order)s.") % facts
    if claim.state == S.WITHDRAWN:
        return _("Claim %(claim)s about order %(order)s has been withdrawn.") % facts
    if not claim.agreed:
        return _("Claim %(claim)s about order %(order)s is settled: nothing is given back.") % facts
    words = _("Claim %(claim)s about order %(order)s is settled: %(amount)s go back to the buyer.")
    return words % (facts | {"amount": amount(claim.agreed)})
