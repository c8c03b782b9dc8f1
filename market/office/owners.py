"""Who owns the sellers, as compliance officers find it out.

Without a finding a seller is of unknown ownership: no trade with a link to the United States, no dollars.
"""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError, NotFound
from market.common.forms import DayField
from market.common.pages import put_errors
from market.compliance.actions.find_ownership import find_ownership
from market.compliance.models import OwnershipFinding
from market.compliance.queries import newest_ownership
from market.enterprises.models import Enterprise
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm

USUAL = timedelta(days=365)


class FindingForm(OfficeForm):
    result = forms.ChoiceField(
        label=_("Result"), choices=[("", _("Please choose")), *OwnershipFinding.Result.choices], required=True
    )
    evidence = forms.CharField(label=_("Papers it rests on"), widget=forms.Textarea(attrs={"rows": 3}))
    valid_until = DayField(
        label=_("Valid until"),
        help_text=_("such as 2026-11-24"),
    )


@officers(R.COMPLIANCE)
def owners(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every seller in the officer's reach with the finding that holds today."""
    ownership = newest_ownership("pk", timezone.localdate(desk.now))
    rows = desk.of(Enterprise.objects.all(), R.COMPLIANCE).annotate(ownership=ownership).order_by("name_zh", "pk")
    return page(request, desk, "owners", paged(request, rows), active="owners")


@officers(R.COMPLIANCE)
def owner(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    enterprise = desk.of(Enterprise.objects.select_related("unit"), R.COMPLIANCE).filter(number=number).first()
    if enterprise is None:
        raise NotFound()
    form = FindingForm(request.POST or None, initial={"valid_until": timezone.localdate(desk.now) + USUAL})
    if request.method == "POST" and form.is_valid():
        try:
            find_ownership(enterprise, by=desk.officer, now=desk.now, **form.cleaned_data)
            messages.success(request, gettext("The finding is recorded."))
            return redirect("office:owner", number)
        except MarketError as error:
            put_errors(form, error)
    findings = enterprise.ownership_findings.select_related("found_by")
    context = {"enterprise": enterprise, "form": form, "findings": findings}
    return page(request, desk, "owner", context, active="owners", status=422 if form.is_bound and form.errors else 200)
