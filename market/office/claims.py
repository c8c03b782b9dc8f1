"""Claims of buyers against sellers in the officer's reach: what buyer and seller could not agree on is decided here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError, NotFound
from market.common.forms import NumberField, PlainTextField
from market.common.money import exponent
from market.common.pages import put_errors
from market.common.private_files import private_file
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from orders.actions.decide_claim import decide_claim
from orders.claims.models import Claim
from orders.claims.photos import photo_name
from orders.claims.queries import is_party, lot_records, one_of, waiting_first, whole_claims
from orders.claims.states import how_it_ended
from orders.claims.words import amount_hint, amount_label
from orders.shipments.queries import journey

S = Claim.State


class ClaimDecisionForm(OfficeForm):
    """An amount for each line of the claim, by its key, and the reason."""

    reason = PlainTextField(
        label=_("Reason"),
        help_text=_("Buyer and seller read it. At most 2,000 characters."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, claim: Claim, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(claim.lines.all())
        for line in self.lines:
            self.fields[str(line.pk)] = NumberField(
                label=amount_label(line, claim.currency),
                help_text=amount_hint(Decimal(0), line.wanted, claim.currency),
                places=exponent(claim.currency),
                least=Decimal(0),
                most=line.wanted,
                error_messages={"required": _("Please enter an amount; 0 if nothing goes back.")},
            )
        self.order_fields([str(line.pk) for line in self.lines])

    @property
    def amounts(self) -> Mapping[int, Decimal]:
        return {line.pk: self.cleaned_data[str(line.pk)] for line in self.lines}


@officers()
def claims(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Those that wait for an officer first, whoever waits longest on top."""
    rows, state = desk.of(whole_claims()), request.GET.get("state", "")
    if state in S.values:
        rows = rows.filter(state=state)
    context = paged(request, waiting_first(rows, S.ESCALATED, "escalated_at"))
    return page(request, desk, "claims", context | {"state": state, "states": S.choices}, active="claims")


@officers()
def claim(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Both sides' words, what was measured on the way, and the decision, which is final."""
    found = one_of(desk.of(whole_claims()).select_related("decided_by"), number)
    is_reviewer = desk.of(Claim.objects.all(), R.REVIEWER).filter(pk=found.pk).exists()
    if request.method == "POST" and not is_reviewer:
        raise NotFound()
    form = ClaimDecisionForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_claim(found, form.amounts, form.cleaned_data["reason"], by=desk.officer, now=desk.now)
            messages.success(request, gettext("The claim is decided; buyer and seller are told."))
            return redirect("office:claim", number)
        except MarketError as error:
            put_errors(form, error)
    order, records, is_own = found.seller_order, lot_records(found), is_party(found.seller_order, desk.officer)
    context = {
        "claim": found,
        "form": form,
        "is_own": is_own,
        "may_decide": is_reviewer and not is_own and found.state == S.ESCALATED,
        "ending": how_it_ended(found),
        "records": [(lot, records[pk]) for pk, lot in sorted(_lots(found).items()) if pk in records],
        "shipments": journey([order])[order.pk],
    }
    return page(request, desk, "claim", context, active="claims", status=422 if form.errors else 200)


def _lots(claim: Claim) -> dict[int, str]:
    return {line.lot_id: line.lot.number for line in claim.lines.all()}


@officers()
def claim_photo(request: HttpRequest, desk: Desk, number: str, key: str, size: str) -> HttpResponse:
    return private_file(photo_name(one_of(desk.of(Claim.objects.all()), number), key, size), "image/webp")
