"""A seller hands in what an authority has issued for an order, or takes a wrong one back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.errors import IllegalMove, InvalidInput
from orders.documents.contents.statement import PAID
from orders.documents.errors import PaperThere
from orders.documents.handed_in import FileKind, keep_file, read_scan
from orders.documents.models import AuthorityPaper
from orders.orders.models import SellerOrder

LONGEST_REASON = 200
_LONGEST = {"number": 60, "issuer": 120, "link": 200}


@dataclass(frozen=True)
class IssuedPaper:
    """As it stands on the paper; `raw` is the scan."""

    kind: str
    number: str
    issuer: str
    issued_on: date
    valid_to: date | None
    link: str
    raw: bytes


def keep_authority_paper(order: SellerOrder, paper: IssuedPaper, *, by: User, now: datetime) -> AuthorityPaper:
    """Effects: the file first, then its row. The caller has checked that the person may speak for the seller. Raises
    IllegalMove for an order that is not paid, InvalidInput, PaperThere."""
    if order.state not in PAID:
        raise IllegalMove(current=order.get_state_display(), wanted="papers")
    kind = _checked(paper, timezone.localdate(now))
    name, sha256 = keep_file(f"authority-papers/{order.number}", paper.raw, kind)
    try:
        with transaction.atomic():
            return AuthorityPaper.objects.create(
                enterprise_id=order.enterprise_id,
                seller_order=order,
                kind=paper.kind,
                number=paper.number.strip(),
                issuer=paper.issuer.strip(),
                issued_on=paper.issued_on,
                valid_to=paper.valid_to,
                link=paper.link.strip(),
                file=name,
                content_type=kind.content_type,
                sha256=sha256,
                uploaded_by=by,
                uploaded_at=now,
            )
    except IntegrityError as error:
        same = AuthorityPaper.objects.filter(seller_order=order, kind=paper.kind, number=paper.number.strip())
        if same.filter(withdrawn_at=None).exists():
            raise PaperThere(number=paper.number.strip()) from error
        raise


def withdraw_authority_paper(paper: AuthorityPaper, *, reason: str, now: datetime) -> None:
    """It stays to be seen, with the reason. Raises InvalidInput; of two at once one reason stands."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput(fields={"reason": _("say why, in at most %(most)s characters") % {"most": LONGEST_REASON}})
    rows = AuthorityPaper.objects.filter(pk=paper.pk, withdrawn_at=None)
    rows.update(withdrawn_at=now, withdrawn_reason=reason)


def _checked(paper: IssuedPaper, today: date) -> FileKind:
    fields = {}
    for name, longest in _LONGEST.items():
        value = getattr(paper, name).strip()
        if "\0" in value or len(value) > longest:
            fields[name] = _("at most %(most)s characters") % {"most": longest}
        elif not value and name != "link":
            fields[name] = _("this is needed")
    if paper.kind not in AuthorityPaper.Kind.values:
        fields["kind"] = _("one of the values offered")
    if not date(2000, 1, 1) <= paper.issued_on <= today:
        fields["issued_on"] = _("a day up to today")
    if paper.valid_to is not None and paper.valid_to < paper.issued_on:
        fields["valid_to"] = _("a day after it was issued")
    if link := paper.link.strip():
        try:
            URLValidator(schemes=["https"])(link)
        except ValidationError:
            fields["link"] = _("an address that begins with https://")
    if fields:
        raise InvalidInput(fields=fields)
    return read_scan(paper.raw)
