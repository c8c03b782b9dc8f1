"""Bank transfers: what is expected, what came, one confirmed by hand, a whole statement with a look before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.tables import UnreadableTableError
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import StatementForm, TransferForm
from market.office.paid_out import LEFT, foresee_paid_out, payouts_come_back, returns_known, take_paid_out
from market.office.queries import bank_rows, expected_transfers, payments_in_reach, rows_waiting
from market.office.statement import (
    MAX_BYTES,
    PaidOut,
    Statement,
    StatementLine,
    read_statement,
)
from orders.actions.confirm_transfer import (
    StatementRow,
    confirm_transfer,
    is_same,
    reference_key,
    transfer_state,
    transfers_named,
)
from orders.payments.models import BankStatementRow, Payment

B = BankStatementRow.State
SALT = "office.statement"
LOOKS_LAST = 3600
WAITING = "waits"
# Outcomes of a line that is not stored: it stands already, it stands with other content, it is not this officer's, it
# is a payout that came back, and that is recorded already.
KNOWN, CONFLICT, FOREIGN, BACK, RECORDED = "known", "conflict", "foreign", "back", "recorded"


@dataclass(frozen=True)
class Foreseen:
    """What a line of a statement is, or would be. `outcome` is a state of a bank row, or one of those above."""

    line: int
    row: StatementRow
    outcome: str

    @property
    def is_stored(self) -> bool:
        return self.outcome not in (KNOWN, CONFLICT, FOREIGN, BACK, RECORDED)


@officers(R.FINANCE)
def transfers(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = StatementRow(currency="CNY", **form.cleaned_data)
        seen = foresee(desk, [StatementLine(0, row)])[0]
        if not seen.is_stored and seen.outcome != KNOWN:
            form.add_error("reference" if seen.outcome == FOREIGN else "row_id", outcome_words(seen.outcome))
        else:
            stored = confirm_transfer(row, by=desk.officer, now=desk.now)
            messages.success(request, f"{stored.bank_row_id}: {stored.get_state_display()}")
            return redirect("office:transfers")
    context = {
        "form": form,
        "expected": expected_transfers(desk).order_by("created_at")[:100],
        "upload": StatementForm(),
    }
    context |= paged(request, _came(request, desk))
    context["state"] = request.GET.get("state", "")
    context["states"] = [(WAITING, _("waits for two officers")), *B.choices]
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "transfers", context, active="transfers", status=status)


def _came(request: HttpRequest, desk: Desk) -> QuerySet[BankStatementRow]:
    state = request.GET.get("state", "")
    rows = rows_waiting(desk) if state == WAITING else bank_rows(desk)
    return (rows.filter(state=state) if state in B.values else rows).order_by("-booked_on", "-pk")


@officers(R.FINANCE)
def statement(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First the file, which changes nothing; then the same lines, signed, to be taken over."""
    if request.method != "POST":
        return redirect("office:transfers")
    if "lines" in request.POST:
        return _take(request, desk)
    form = StatementForm(request.POST, request.FILES)
    found: Statement | None = None
    if form.is_valid():
        try:
            found = read_statement(form.cleaned_data["file"].read(MAX_BYTES + 1))
        except UnreadableTableError as error:
            form.add_error("file", str(error))
    if found is None:
        return page(request, desk, "statement", {"form": form}, active="transfers", status=422)
    return page(request, desk, "statement", _look(desk, found) | {"form": form}, active="transfers")


def _look(desk: Desk, found: Statement) -> dict[str, Any]:
    seen = foresee(desk, found.lines)
    paid_out = foresee_paid_out(desk, found.paid_out)
    content = {
        "by": desk.officer.pk,
        "lines": [[item.line, *_plain(item.row)] for item in seen],
        "paid_out": [[line.line, line.row_id, line.number, str(line.amount), line.currency] for line in found.paid_out],
    }
    return {
        "seen": [(item, outcome_words(item.outcome)) for item in seen],
        "paid_out": paid_out,
        "problems": found.problems,
        "going_out": found.going_out,
        "new": sum(item.is_stored for item in seen) + sum(item.outcome == LEFT for item in paid_out),
        "lines": signing.dumps(content, salt=SALT, compress=True),
    }


def _plain(row: StatementRow) -> list[str]:
    return [row.row_id, row.reference, row.payer, str(row.amount), row.currency, row.booked_on.isoformat()]


def _take(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was looked at is what is taken over; judged again, since an hour may lie between."""
    content = _signed(request.POST["lines"], desk)
    if content is None:
        messages.error(request, _("The look at this statement is too old or has been changed. Please load it again."))
        return redirect("office:transfers")
    taken = []
    for line in [StatementLine(line, _row(*cells)) for line, *cells in content["lines"]]:
        seen = foresee(desk, [line])[0]
        if seen.is_stored:
            stored = confirm_transfer(line.row, by=desk.officer, now=desk.now)
            seen = Foreseen(line.line, line.row, stored.state)
        taken.append((seen, outcome_words(seen.outcome)))
    paid_out = take_paid_out(desk, [_payout_line(*cells) for cells in content["paid_out"]])
    new = sum(seen.is_stored for seen, _words in taken) + sum(seen.outcome == LEFT for seen in paid_out)
    context = {"taken": taken, "paid_out": paid_out, "new": new, "form": StatementForm()}
    return page(request, desk, "statement", context, active="transfers")


def _signed(text: str, desk: Desk) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = signing.loads(text, salt=SALT, max_age=LOOKS_LAST)
    except signing.BadSignature:
        return None
    return content if content["by"] == desk.officer.pk else None


def _payout_line(line: int, row_id: str, number: str, amount: str, currency: str) -> PaidOut:
    return PaidOut(line, row_id, number, Decimal(amount), currency)


def _row(row_id: str, reference: str, payer: str, amount: str, currency: str, booked_on: str) -> StatementRow:
    return StatementRow(row_id, reference, payer, Decimal(amount), currency, date.fromisoformat(booked_on))


def foresee(desk: Desk, lines: Sequence[StatementLine]) -> list[Foreseen]:
    """Each line judged as it would be now; changes nothing. A bounded number of statements."""
    rows = [line.row for line in lines]
    stored = {row.bank_row_id: row for row in BankStatementRow.objects.filter(bank_row_id__in=[r.row_id for r in rows])}
    payments = transfers_named(row.reference for row in rows)
    reach = set(payments_in_reach(desk).filter(pk__in=[p.pk for p in payments.values()]).values_list("pk", flat=True))
    is_top, back = desk.is_top(R.FINANCE), payouts_come_back(row.reference for row in rows)
    returned = returns_known(row.row_id for row in rows)
    paid: set[int] = set()
    seen = []
    for line in lines:
        if line.row.row_id not in stored and (line.row.row_id in returned or line.row.reference in back):
            seen.append(Foreseen(line.line, line.row, RECORDED if line.row.row_id in returned else BACK))
            continue
        payment = payments.get(reference_key(line.row.reference))
        seen.append(Foreseen(line.line, line.row, _outcome(line.row, stored, payment, paid, reach, is_top)))
        if payment is not None and seen[-1].outcome in (B.MATCHED, B.LATE):
            paid.add(payment.pk)
    return seen


def _outcome(
    row: StatementRow,
    stored: dict[str, BankStatementRow],
    payment: Payment | None,
    paid: set[int],
    reach: set[int],
    is_top: bool,
) -> str:
    known = stored.get(row.row_id)
    if known is not None:
        return KNOWN if is_same(known, row) else CONFLICT
    if not is_top and (payment is None or payment.pk not in reach):
        return FOREIGN
    if payment is not None and payment.pk in paid:
        return B.OVERPAID
    return transfer_state(row, payment)


def outcome_words(outcome: str) -> str:
    words = {
        KNOWN: _("stored already, nothing changes"),
        CONFLICT: _("this bank number is stored already with another amount or day"),
        FOREIGN: _("no transfer of your area has this reference"),
        RECORDED: _("a payout that came back, recorded already"),
        BACK: _("a payout came back: record it at the payout, nothing is stored here"),
    }
    return words.get(outcome) or str(B(outcome).label)
