"""Who owns the sellers, as compliance officers find it out, and payments whose provider says something we did not ask.

Without a finding a seller is of unknown ownership: no trade with a link to the United States, no dollars.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.pages import signed_in, tell_refusal
from market.compliance.actions.find_ownership import find_ownership
from market.compliance.models import OwnershipFinding
from market.compliance.queries import newest_ownership
from market.enterprises.queries import in_reach
from orders.payments.queries import parked_payments

PAGE = 200
USUAL = timedelta(days=365)


class FindingForm(forms.Form):
    use_required_attribute = False
    result = forms.ChoiceField(
        label=_("Result"), choices=[("", _("Please choose")), *OwnershipFinding.Result.choices], required=True
    )
    evidence = forms.CharField(label=_("Papers it rests on"), widget=forms.Textarea(attrs={"rows": 3}))
    valid_until = forms.DateField(
        label=_("Valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _officer(request: HttpRequest, *roles: str) -> User:
    """Raises NotFound for everybody without such a post: for them the page does not exist."""
    assert isinstance(request.user, User)
    if not posts_of(request.user, read_clock()).filter(role__in=roles).exists():
        raise NotFound()
    return request.user


@signed_in
def owners(request: HttpRequest) -> HttpResponse:
    """Every seller in the officer's reach with the finding that holds today."""
    officer, now = _officer(request, Post.Role.COMPLIANCE), read_clock()
    words = dict(OwnershipFinding.Result.choices)
    rows: list[dict[str, Any]] = [
        {"enterprise": enterprise, "words": words.get(enterprise.ownership)}
        for enterprise in in_reach(officer, now, role="compliance")
        .annotate(ownership=newest_ownership("pk", timezone.localdate(now)))
        .order_by("name_zh", "pk")[:PAGE]
    ]
    return render(request, "office/owners.html", {"rows": rows})


@signed_in
def owner(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = _officer(request, Post.Role.COMPLIANCE), read_clock()
    enterprise = in_reach(officer, now, role="compliance").filter(number=number).first()
    if enterprise is None:
        raise NotFound()
    form = FindingForm(request.POST or None, initial={"valid_until": timezone.localdate(now) + USUAL})
    if request.method == "POST" and form.is_valid():
        try:
            find_ownership(enterprise, by=officer, now=now, **form.cleaned_data)
            return redirect("office:owner", number)
        except InvalidInput as error:
            for name, text in dict(error.details["fields"]).items():
                form.add_error(name, str(text))
        except MarketError as error:
            tell_refusal(request, error)
    findings = enterprise.ownership_findings.select_related("found_by")
    context = {"enterprise": enterprise, "form": form, "findings": findings}
    return render(request, "office/owner.html", context, status=422 if request.method == "POST" else 200)


@signed_in
def parked(request: HttpRequest) -> HttpResponse:
    """Payments whose amount or currency is not what we asked, of purchases from sellers in the officer's reach."""
    reach = in_reach(_officer(request, Post.Role.FINANCE), read_clock(), role="finance")
    payments = parked_payments().filter(purchase__seller_orders__enterprise__in=reach).distinct()
    return render(request, "office/parked.html", {"payments": payments[:PAGE]})
