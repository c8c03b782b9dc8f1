"""Destinations: closed until a compliance officer opens one, by name and with a reason. Decisions the rules made."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.audit.models import AuditEntry
from market.common.errors import MarketError
from market.common.pages import put_errors
from market.compliance.actions.set_destination import set_destination
from market.compliance.models import ComplianceDecision, DestinationPolicy
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import DestinationForm
from orders.orders.models import Purchase, SellerOrder


@officers(R.COMPLIANCE)
def destinations(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = DestinationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            set_destination(
                values["country"],
                values["status"],
                reason=values["reason"],
                hs_prefixes=values["hs_prefixes"],
                by=desk.officer,
                now=desk.now,
            )
            messages.success(request, _("The decision is recorded."))
            return redirect("office:destinations")
        except MarketError as error:
            put_errors(form, error)
    context = {
        "form": form,
        "policies": DestinationPolicy.objects.select_related("changed_by").order_by("country"),
        "log": AuditEntry.objects.filter(subject_kind="destination").order_by("-pk")[:30],
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "destinations", context, active="destinations", status=status)


@officers(R.COMPLIANCE)
def decisions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Newest first, by outcome; whoever sits below the top of the tree sees those about purchases of their subtree."""
    outcome = request.GET.get("outcome", "")
    rows = ComplianceDecision.objects.all()
    if not desk.is_top(R.COMPLIANCE):
        orders = desk.of(SellerOrder.objects.all(), R.COMPLIANCE)
        numbers = Purchase.objects.filter(pk__in=orders.values("purchase")).values("number")
        rows = rows.filter(Q(subject_kind="purchase", subject_id__in=numbers))
    if outcome in ComplianceDecision.Outcome.values:
        rows = rows.filter(outcome=outcome)
    context = {"outcome": outcome, "outcomes": ComplianceDecision.Outcome.values}
    return page(
        request, desk, "decisions", context | paged(request, rows.order_by("-decided_at", "-pk")), active="decisions"
    )
