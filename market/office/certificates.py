"""Certificates that firms claim: look the number up with its body, then say whether buyers may rely on it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.products.actions.certify import MOVES, decide_certificate
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.enterprises.models import Certificate
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm

S = Certificate.State
ACTS = {
    S.CHECKED: _("Checked: found with the body that issued it, for this firm and these products"),
    S.REFUSED: _("Refused: buyers may not rely on it"),
}


class CertificateForm(OfficeForm):
    to = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect, choices=())
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The enterprise reads it. Needed to refuse."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: object, state: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(to, label) for to, label in ACTS.items() if to in MOVES.get(state, ())]


@officers()
def certificates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whoever waits longest first; without a filter only what waits."""
    state = request.GET.get("state", S.WAITING)
    rows = desk.of(Certificate.objects.all()).select_related("enterprise__unit")
    if state in S.values:
        rows = rows.filter(state=state)
    context = paged(request, rows.order_by("claimed_at", "pk")) | {"state": state, "states": S.choices}
    return page(request, desk, "certificates", context, active="certificates")


@officers()
def certificate(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    row = desk.of(Certificate.objects.all()).select_related("enterprise__unit", "claimed_by", "decided_by")
    found = row.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    is_reviewer = desk.of(Certificate.objects.all(), R.REVIEWER).filter(pk=pk).exists()
    if request.method == "POST" and not is_reviewer:
        raise NotFound()
    form = CertificateForm(request.POST or None, state=found.state)
    if request.method == "POST" and form.is_valid() and _decide(request, desk, found, form):
        return redirect("office:certificates")
    is_own = found.enterprise.members.filter(user=desk.officer).exists()
    may_decide = is_reviewer and not is_own and form.fields["to"].choices  # type: ignore[attr-defined]
    context = {
        "row": found,
        "products": [one.product for one in found.covered.select_related("product").order_by("product__name_zh")],
        "others": _others(found),
        "form": form if may_decide else None,
        "is_own": is_own,
    }
    status = 422 if form.is_bound else 200
    return page(request, desk, "certificate", context, active="certificates", status=status)


def _others(found: Certificate) -> list[Certificate]:
    """The same number claimed by other firms: rightly for a geographical indication, a sign of trouble otherwise."""
    same = Certificate.objects.filter(kind=found.kind, number=found.number, state__in=[S.WAITING, S.CHECKED])
    return list(same.exclude(enterprise=found.enterprise_id).select_related("enterprise").order_by("pk")[:20])


def _decide(request: HttpRequest, desk: Desk, found: Certificate, form: CertificateForm) -> bool:
    """False when it was refused; the form then says why."""
    values = form.cleaned_data
    try:
        decide_certificate(found, values["to"], by=desk.officer, reason=values["reason"], now=desk.now)
    except MarketError as error:
        put_errors(form, error)
        return False
    messages.success(request, gettext("Decided: %(state)s.") % {"state": found.get_state_display()})
    return True
