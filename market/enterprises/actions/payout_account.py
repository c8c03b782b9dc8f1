"""Where a seller's money goes: entered by the firm, checked by an officer, changed only by another that is checked
again."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import CURRENCIES

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.outbox.record import record_event
from market.common.plain_text import plain_code, plain_words
from market.common.sealing import seal, unseal
from market.common.states import Moves, check_move
from market.enterprises.models import Enterprise, PayoutAccount
from market.enterprises.queries import in_reach, member_of
from market.enterprises.roles import Right, may

S = PayoutAccount.State
MOVES: Final[Moves] = {
    S.PENDING: frozenset({S.ACTIVE, S.REJECTED, S.CLOSED}),
    S.ACTIVE: frozenset({S.RESTRICTED, S.CLOSED}),
    S.RESTRICTED: frozenset({S.ACTIVE, S.REJECTED, S.CLOSED}),
    S.REJECTED: frozenset({S.CLOSED}),
}
DECISIONS = (S.ACTIVE, S.RESTRICTED, S.REJECTED)
CHECKS_ROLE = "finance"


def enter_payout_account(
    enterprise: Enterprise, *, currency: str, holder: str, bank: str, number: str, by: User, now: datetime
) -> PayoutAccount:
    """By the firm's owner or finance staff. The one before is closed, and money is held until an officer has checked
    the new one. The same again, while it waits or is in use, changes nothing. A mail tells the owners.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    member = member_of(by, enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.ENTERPRISE):
        raise NotAllowed()
    holder, bank, plain = _plain(holder), _plain(bank), plain_number(number)
    _check(currency, holder, bank, plain)
    with transaction.atomic():
        Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
        before = PayoutAccount.objects.current().filter(enterprise=enterprise, currency=currency).first()
        if before is not None:
            if before.state in (S.PENDING, S.ACTIVE) and _is_same(before, holder, bank, plain):
                return before
            _move(before, S.CLOSED, reason="", by=by, now=now)
        made = PayoutAccount.objects.create(
            enterprise=enterprise,
            currency=currency,
            holder=holder,
            bank=bank,
            sealed_number=seal(plain.encode()),
            last_digits=plain[-4:],
            entered_by=by,
            entered_at=now,
        )
        _tell(made, "entered", by, now, before=before.masked if before else "")
    return made


def decide_payout_account(
    account: PayoutAccount, to: str, *, by: User, number: str = "", reason: str = "", now: datetime
) -> PayoutAccount:
    """`active`, `restricted` or `rejected`, by a finance officer whose subtree holds the firm. To take one into use the
    officer types the number from the bank's letter, which must be the one entered; where the holder is not the firm's
    registered name, or money was held, the reason is needed too.

    Raises NotFound for other officers, NotAllowed for one's own firm, InvalidInput, IllegalMove.
    """
    if not in_reach(by, now, role=CHECKS_ROLE).filter(pk=account.enterprise_id).exists():
        raise NotFound()
    if member_of(by, account.enterprise) is not None or to not in DECISIONS:
        raise NotAllowed()
    with transaction.atomic():
        row = lock_account(account)
        reason = reason.strip()
        if to == S.ACTIVE and plain_number(number) != whole_number(row):
            raise InvalidInput(fields={"number": _("this is not the number that was entered")})
        if not reason and (to != S.ACTIVE or row.state == S.RESTRICTED or not row.is_of_the_firm):
            raise InvalidInput(fields={"reason": _("say why")})
        _move(row, to, reason=reason, by=by, now=now)
        _tell(row, to, by, now, reason=reason)
    return row


def restrict_returned(account: PayoutAccount, reason: str, *, by: User, now: datetime) -> None:
    """The bank sent money back: nothing more goes there until an officer has looked. Inside the caller's transaction;
    one that is not in use any more stays as it is."""
    row = lock_account(account)
    if row.state == S.ACTIVE:
        _move(row, S.RESTRICTED, reason=reason, by=by, now=now)
        _tell(row, S.RESTRICTED, by, now, reason=reason)


def whole_number(account: PayoutAccount) -> str:
    """For the bank file and for comparing; never shown."""
    return unseal(account.sealed_number).decode()


def plain_number(typed: str) -> str:
    return plain_code(plain_words(typed)).upper().replace("-", "")


def lock_account(account: PayoutAccount) -> PayoutAccount:
    """The enterprise first, as everybody locks."""
    Enterprise.objects.select_for_update(of=("self",)).get(pk=account.enterprise_id)
    return PayoutAccount.objects.select_related("enterprise").get(pk=account.pk)


def _plain(typed: str) -> str:
    """One line without what nobody can see: a mark that turns the direction would show officers another name."""
    return " ".join(plain_words(typed).split())


def _is_same(account: PayoutAccount, holder: str, bank: str, number: str) -> bool:
    return (account.holder, account.bank, whole_number(account)) == (holder, bank, number)


def _check(currency: str, holder: str, bank: str, number: str) -> None:
    wrong = {}
    if currency not in CURRENCIES:
        wrong["currency"] = _("a currency of three letters, such as CNY")
    if not 1 <= len(holder) <= 120:
        wrong["holder"] = _("the name as the bank has it, at most 120 characters")
    if not 1 <= len(bank) <= 100:
        wrong["bank"] = _("bank and branch, at most 100 characters")
    if not (number.isalnum() and number.isascii() and 8 <= len(number) <= 34):
        wrong["number"] = _("8 to 34 digits or letters, as it stands on the bank's letter")
    if wrong:
        raise InvalidInput(fields=wrong)


def _move(account: PayoutAccount, to: str, *, reason: str, by: User, now: datetime) -> None:
    check_move(MOVES, account.state, to)
    account.state, account.reason, account.decided_by, account.decided_at = to, reason, by, now
    account.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _tell(account: PayoutAccount, what: str, by: User, now: datetime, **details: str) -> None:
    """The log has the last digits, never the number."""
    record_act(
        actor=by,
        action=f"payout_account.{what}",
        subject_kind="enterprise",
        subject_id=account.enterprise.number,
        now=now,
        account=account.masked,
        currency=account.currency,
        **details,
    )
    record_event("payout_account.changed", account.pk, now=now, what=what)
