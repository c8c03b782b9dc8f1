"""Turn an export cart into an enquiry: judged line by line, told to each seller, without any money."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.channels.models import Channel
from market.common.countries import HOME, is_country
from market.common.errors import InvalidInput
from market.common.ids import digest, new_number
from market.common.languages import listed, normal_language
from market.common.outbox.record import Event, record_events
from market.compliance.actions.decide_trade import Judgement, judge_trades, keep_decisions
from market.compliance.models import ComplianceDecision
from orders.cart.checked import CheckedLine, checked_lines
from orders.cart.errors import CartIsOrdered
from orders.cart.models import Cart
from orders.cart.trade import (
    Journey,
    NotAllowedByRules,
    decisions_by_variant,
    questions_of,
    rules_with,
    upstream_origins,
)
from orders.quotes.errors import NotAnExportCart
from orders.quotes.models import Enquiry, EnquiryEvent, EnquiryLine, EnquiryPart

USUAL_JOURNEY = timedelta(days=60)
FURTHEST = timedelta(days=730)
_LONGEST = {"company": 120, "contact": 80, "named_place": 80, "message": 4000}


@dataclass(frozen=True)
class Wish:
    """`onward_country`: where the goods end up, the same as `country` when they stay. `expected_entry` None: judged
    and stored as sixty days from now."""

    company: str
    contact: str
    email: str
    country: str
    onward_country: str
    incoterm: str
    named_place: str
    message: str = ""
    expected_entry: date | None = None


@dataclass(frozen=True)
class Made:
    """`was_repeated`: the cart had been sent before, and this is the enquiry it made then."""

    enquiry: Enquiry
    parts: tuple[EnquiryPart, ...]
    was_repeated: bool


def enquiry_token(cart_id: UUID) -> str:
    """The guest's key to the enquiry that this cart became, derived from it like that of a purchase."""
    return str(salted_hmac("orders.enquiry-access", str(cart_id)).hexdigest())


def make_enquiry(cart: Cart, wish: Wish, *, buyer: User | None, language: str, now: datetime) -> Made:
    """Effects in order: claim the cart, price it, judge every line for destination and end destination, write the
    enquiry, one part per enterprise, decisions, lines, first events and the outbox event; all or nothing.

    A line that is blocked, by a law's rule or because no officer opened the country for these goods, raises
    TradeRefused: the cart stays as it was, and only the decisions are kept. Missing evidence does not: that is what an
    enquiry is for. Raises NotAnExportCart, InvalidInput, CartEmpty, NotForSale, BelowMinimum, CartIsOrdered. The same
    cart again returns the same enquiry, whatever is written in the second one. Stock is not touched.
    """
    if not cart.channel.is_export:
        raise NotAnExportCart()
    _check(wish, cart.channel, now)
    try:
        with transaction.atomic():
            claimed = Cart.objects.filter(pk=cart.pk, state=Cart.State.OPEN).update(
                state=Cart.State.ORDERED, updated_at=now
            )
            if not claimed:
                return _repeated(cart)
            return _write(cart, wish, buyer, language, now)
    except NotAllowedByRules as refusal:
        raise refusal.keep_refusal(
            cart, [judgement for judgement in refusal.judgements if judgement.is_block]
        ) from None


def _check(wish: Wish, channel: Channel, now: datetime) -> None:
    fields = {}
    for name, longest in _LONGEST.items():
        value = getattr(wish, name)
        if "\0" in value or len(value) > longest:
            fields[name] = _("at most %(longest)s characters of plain text") % {"longest": longest}
        elif not value.strip() and name != "message":
            fields[name] = _("this is needed")
    try:
        validate_email(wish.email)
    except ValidationError:
        fields["email"] = _("an address such as name@example.org")
    for name in ("country", "onward_country"):
        code = getattr(wish, name)
        if not is_country(code):
            fields[name] = _("two capital letters of ISO 3166, such as KZ")
        elif code == HOME:
            fields[name] = _("an enquiry is for goods that leave the country and stay abroad")
    if wish.incoterm not in channel.incoterms:
        fields["incoterm"] = _("one of %(rules)s (Incoterms 2020)") % {"rules": listed(channel.incoterms)}
    today = timezone.localdate(now)
    if wish.expected_entry is not None and not today <= wish.expected_entry <= today + FURTHEST:
        fields["expected_entry"] = _("a day from today on, within two years")
    if fields:
        raise InvalidInput(fields=fields)


def _repeated(cart: Cart) -> Made:
    enquiry = Enquiry.objects.filter(cart_id=cart.pk).first()
    if enquiry is None:
        raise CartIsOrdered(purchase_number="")
    return Made(enquiry, tuple(enquiry.parts.order_by("number")), was_repeated=True)


def _write(cart: Cart, wish: Wish, buyer: User | None, language: str, now: datetime) -> Made:
    lines = checked_lines(cart, today=timezone.localdate(now))
    entry = wish.expected_entry or timezone.localdate(now) + USUAL_JOURNEY
    judgements = _judge(cart, lines, wish, entry, now)
    number = new_number("Q", now)
    enquiry = Enquiry.objects.create(
        number=number,
        channel=cart.channel,
        currency=cart.channel.currency,
        buyer=buyer,
        cart_id=cart.pk,
        access_digest=digest(enquiry_token(cart.pk)),
        language=normal_language(language),
        company=wish.company.strip(),
        contact=wish.contact.strip(),
        email=wish.email,
        country=wish.country,
        onward_country=wish.onward_country,
        expected_entry=entry,
        incoterm=wish.incoterm,
        named_place=wish.named_place.strip(),
        message=wish.message.strip(),
        created_at=now,
    )
    groups: dict[int, list[CheckedLine]] = defaultdict(list)
    for line in lines:
        groups[line.enterprise_id].append(line)
    parts = EnquiryPart.objects.bulk_create(
        EnquiryPart(enquiry=enquiry, number=f"{number}-{index}", enterprise_id=enterprise_id, state_changed_at=now)
        for index, enterprise_id in enumerate(groups, start=1)
    )
    keep_decisions(judgements, subject_kind="enquiry", subject_id=number)
    decisions = decisions_by_variant(judgements)
    EnquiryLine.objects.bulk_create(
        _line(part, position, line, decisions[line.variant_id])
        for part, group in zip(parts, groups.values(), strict=True)
        for position, line in enumerate(group, start=1)
    )
    EnquiryEvent.objects.bulk_create(
        EnquiryEvent(part=part, to_state=part.state, by=buyer, message=enquiry.message, at=now) for part in parts
    )
    record_events([Event("enquiry.open", part.number) for part in parts], now=now)
    return Made(enquiry, tuple(parts), was_repeated=False)


def _judge(cart: Cart, lines: Sequence[CheckedLine], wish: Wish, entry: date, now: datetime) -> list[Judgement]:
    journey = Journey(wish.country, wish.onward_country, entry, cart.channel.currency)
    origins = upstream_origins(lines)
    judgements = judge_trades(
        questions_of(lines, journey, now=now, origins=origins), stage="checkout", now=now, live=rules_with(lines)
    )
    if any(judgement.is_block for judgement in judgements):
        raise NotAllowedByRules(judgements, lines)
    return judgements


def _line(part: EnquiryPart, position: int, line: CheckedLine, decision: ComplianceDecision) -> EnquiryLine:
    return EnquiryLine(part=part, position=position, decision=decision, **line.as_ordered())
