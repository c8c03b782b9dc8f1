"""The firm's certificates: claim one, see what became of it, give it up."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.products.actions.certify import claim_certificate, withdraw_certificate
from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors, tell_refusal
from market.enterprises.models import Certificate
from market.enterprises.roles import Right
from market.portal.forms.certificate import CertificateForm
from market.portal.seat import Seat, page_of, show, staff

SOON = timedelta(days=30)


@staff()
def certificates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Newest claim first. Each says why buyers see it, or do not."""
    today = timezone.localdate(read_clock())
    rows = Certificate.objects.for_enterprise(seat.enterprise.pk).prefetch_related("covered__product")
    context = {"page": page_of(request, rows.order_by("-pk")), "today": today, "soon": today + SOON}
    return show(request, seat, "certificates", _("Certificates"), context)


@staff(only=Right.CATALOGUE)
def new_certificate(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = CertificateForm(seat.enterprise, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            claim_certificate(seat.enterprise, form.claim(), by=seat.person, now=read_clock())
            messages.success(request, _("Handed in. Buyers see it when an officer has checked it."))
            return redirect("portal:certificates")
        except MarketError as error:
            put_errors(form, error)
    return show(request, seat, "certificate_new", _("Claim a certificate"), {"form": form})


@staff(only=Right.CATALOGUE)
def withdraw(request: HttpRequest, seat: Seat, certificate_id: int) -> HttpResponse:
    found = Certificate.objects.for_enterprise(seat.enterprise.pk).filter(pk=certificate_id).first()
    if found is None:
        raise NotFound()
    if request.method == "POST":
        try:
            withdraw_certificate(found, by=seat.person, now=read_clock())
            messages.success(request, _("The certificate is withdrawn. Buyers no longer see it."))
        except MarketError as error:
            tell_refusal(request, error)
    return redirect("portal:certificates")
