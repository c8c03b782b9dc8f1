"""Certificates: a firm claims one for some of its products, an officer looks it up, the shop shows it while valid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.products.badges import kept
from catalog.products.errors import ClaimedAlready
from catalog.products.events import products_changed
from catalog.products.models import CertifiedProduct, Product
from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.states import Moves, check_move
from market.enterprises.models import Certificate, Enterprise
from market.enterprises.queries import member_of, reviews
from market.enterprises.roles import Right, may

S = Certificate.State
MOVES: Final[Moves] = {
    S.WAITING: frozenset({S.CHECKED, S.REFUSED, S.WITHDRAWN}),
    S.CHECKED: frozenset({S.REFUSED, S.WITHDRAWN, S.SUPERSEDED}),
}
LONGEST = timedelta(days=10 * 366)
MOST_PRODUCTS = 500


@dataclass(frozen=True)
class Claim:
    """`valid_to` is the last day; `products` are numbers of the firm's own."""

    kind: str
    number: str
    body: str
    valid_from: date
    valid_to: date
    products: Sequence[int]


def claim_certificate(enterprise: Enterprise, claim: Claim, *, by: User, now: datetime) -> Certificate:
    """Shows nothing yet: an officer looks it up first. The same paper again, with other dates or products, takes the
    place of the one before when it is checked.

    Raises InvalidInput, ClaimedAlready while the same paper waits, NotFound and NotAllowed for others.
    """
    _of_the_firm(enterprise, by)
    number, body = " ".join(claim.number.split()), " ".join(claim.body.split())
    own = set(
        Product.objects.for_enterprise(enterprise.pk)
        .filter(pk__in=list(claim.products)[: MOST_PRODUCTS + 1])
        .values_list("pk", flat=True)
    )
    _check(claim, number, body, own, timezone.localdate(now))
    try:
        with transaction.atomic():
            made = Certificate.objects.create(
                enterprise=enterprise,
                kind=claim.kind,
                number=number,
                body=body,
                valid_from=claim.valid_from,
                valid_to=claim.valid_to,
                claimed_by=by,
                claimed_at=now,
            )
            CertifiedProduct.objects.bulk_create(
                [CertifiedProduct(certificate=made, product_id=pk) for pk in sorted(own)]
            )
            _record(made, "claimed", by, now, valid_to=made.valid_to.isoformat(), products=len(own))
    except IntegrityError as error:
        raise ClaimedAlready() from error
    return made


def decide_certificate(certificate: Certificate, to: str, *, by: User, reason: str = "", now: datetime) -> Certificate:
    """`checked` or `refused`, by a reviewer whose subtree holds the firm; a checked one may be refused later. Products
    change what is said of them in the same transaction.

    Raises NotFound for other officers, NotAllowed for one's own firm, InvalidInput without a reason to refuse, or when
    it does not hold today.
    """
    if not reviews(by, certificate.enterprise, now):
        raise NotFound()
    if certificate.enterprise.members.filter(user=by).exists() or to not in (S.CHECKED, S.REFUSED):
        raise NotAllowed()
    reason = reason.strip()
    if to == S.REFUSED and not reason:
        raise InvalidInput(fields={"reason": _("say why: the firm reads it")})
    if to == S.CHECKED and not certificate.valid_from <= timezone.localdate(now) <= certificate.valid_to:
        raise InvalidInput(fields={"to": _("this certificate does not hold today")})
    return _move(certificate, to, by=by, reason=reason, now=now)


def withdraw_certificate(certificate: Certificate, *, by: User, now: datetime) -> Certificate:
    """By the firm itself: what it claimed, it claims no longer."""
    _of_the_firm(certificate.enterprise, by)
    return _move(certificate, S.WITHDRAWN, by=by, reason="", now=now)


def on_certificate_expiry(subject: str, now: datetime) -> None:
    """The products it covered are looked at again: pages go by the date, the index has to be told."""
    certificate = Certificate.objects.filter(pk=int(subject), state=S.CHECKED).first()
    if certificate is not None and certificate.valid_to < timezone.localdate(now):
        with transaction.atomic():
            products_changed(_products_of([certificate.pk]), reason="certificate expired", now=now)


def _of_the_firm(enterprise: Enterprise, by: User) -> None:
    member = member_of(by, enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.CATALOGUE):
        raise NotAllowed()


def _check(claim: Claim, number: str, body: str, own: set[int], today: date) -> None:
    wrong = {}
    if claim.kind not in Certificate.Kind.values:
        wrong["kind"] = _("choose one of the kinds")
    if not 1 <= len(number) <= 60:
        wrong["number"] = _("the number as it stands on the certificate, at most 60 characters")
    if not 1 <= len(body) <= 120:
        wrong["body"] = _("who issued it, at most 120 characters")
    if claim.valid_from > today:
        wrong["valid_from"] = _("it does not hold yet: claim it from that day on")
    if claim.valid_to < today:
        wrong["valid_to"] = _("it has run out")
    elif claim.valid_to - claim.valid_from > LONGEST:
        wrong["valid_to"] = _("no certificate lasts longer than ten years: look at the dates again")
    if not own or own != set(claim.products) or len(own) > MOST_PRODUCTS:
        wrong["products"] = _("choose the products it covers, of your own and at most 500")
    if wrong:
        raise InvalidInput(fields=wrong)


def _move(certificate: Certificate, to: str, *, by: User, reason: str, now: datetime) -> Certificate:
    with transaction.atomic():
        row = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
        check_move(MOVES, row.state, to)
        was_shown, touched = row.state == S.CHECKED, [row.pk]
        if to == S.CHECKED:
            touched += _supersede(row, by, now)
        row.state, row.reason, row.decided_by, row.decided_at = to, reason, by, now
        row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        _record(row, to, by, now, **({"reason": reason} if reason else {}))
        if to == S.CHECKED:
            open_deadline("certificate.expiry", str(row.pk), due_at=_day_after(row.valid_to))
        if was_shown or to == S.CHECKED:
            _copy_to(_products_of(touched), now)
        if was_shown:
            close_deadline("certificate.expiry", str(row.pk))
    certificate.state, certificate.reason = row.state, row.reason
    return row


def _supersede(row: Certificate, by: User, now: datetime) -> list[int]:
    """Whoever was checked before under the same number makes room."""
    same = Certificate.objects.select_for_update(of=("self",)).filter(
        enterprise=row.enterprise_id, kind=row.kind, number=row.number, state=S.CHECKED
    )
    keys = [old.pk for old in same]
    for key in keys:
        close_deadline("certificate.expiry", str(key))
    Certificate.objects.filter(pk__in=keys).update(state=S.SUPERSEDED, decided_by=by, decided_at=now)
    return keys


def _products_of(certificates: Iterable[int]) -> list[int]:
    covered = CertifiedProduct.objects.filter(certificate__in=list(certificates))
    return sorted(set(covered.values_list("product_id", flat=True)))


def _copy_to(products: Sequence[int], now: datetime) -> None:
    """What the checked certificates say, onto the products; locked in the order of their numbers."""
    rows = list(Product.objects.select_for_update(of=("self",)).filter(pk__in=products).order_by("pk"))
    found: dict[int, list[dict[str, str]]] = {row.pk: [] for row in rows}
    covered = CertifiedProduct.objects.filter(product__in=products, certificate__state=S.CHECKED)
    for one in covered.select_related("certificate").order_by("certificate_id"):
        found[one.product_id].append(kept(one.certificate))
    for row in rows:
        row.badges = found[row.pk]
    Product.objects.bulk_update(rows, ["badges"])
    products_changed(products, reason="certificates", now=now)


def _day_after(last: date) -> datetime:
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))


def _record(certificate: Certificate, action: str, by: User, now: datetime, **details: object) -> None:
    """Into the file of the firm."""
    record_act(
        actor=by,
        action=f"certificate.{action}",
        subject_kind="enterprise",
        subject_id=certificate.enterprise.number,
        now=now,
        kind=certificate.kind,
        number=certificate.number,
        **details,
    )
