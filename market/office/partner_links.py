"""Partners without software: addresses at which their drivers report on a phone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.pages import chosen_row
from market.common.qr import qr_svg
from market.office.desk import PARTNERS, Desk, officers, page
from market.office.forms import OfficeForm
from orders.inbox.links import PHONE_PAGES, link_address, make_partner_link, withdraw_link
from orders.inbox.models import Endpoint


class PartnerLinkForm(OfficeForm):
    name = forms.CharField(
        label=gettext_lazy("For whom"), help_text=gettext_lazy("driver, firm or number plate"), max_length=80
    )
    carriers = forms.CharField(
        label=gettext_lazy("Whose waybills"),
        help_text=gettext_lazy("carriers as sellers write them, one a line"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for"),
        choices=[(30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (366, gettext_lazy("one year"))],
        coerce=int,
        initial=90,
    )

    def clean_carriers(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["carriers"].splitlines() if line.strip()]
        if any(len(name) > 40 for name in names) or len(names) > 20:
            raise forms.ValidationError(_("At most 20 carriers, each of at most 40 signs."))
        return list(dict.fromkeys(names))


def native_partner(desk: Desk, endpoint_id: str) -> Endpoint:
    """A partner that could send our own format: those of other formats have software. Raises NotFound."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, adapter="standard").first()
    if endpoint is None or endpoint.pk == PHONE_PAGES or not desk.runs_partners:
        raise NotFound()
    return endpoint


@officers(*PARTNERS)
def partner_links(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    """The form, its answer with the address, and every address made before."""
    endpoint = native_partner(desk, endpoint_id)
    if request.method == "POST" and "withdraw" in request.POST:
        link = chosen_row(endpoint.links.filter(shipment=None), request.POST["withdraw"])
        withdraw_link(link, by=desk.officer, now=desk.now)
        messages.success(request, _("Withdrawn: nobody can report with it any more."))
        return redirect("office:partner_links", endpoint.pk)
    started = {"carriers": "\n".join(endpoint.carriers)}
    form, made, status = PartnerLinkForm(request.POST or None, initial=started), dict[str, Any](), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                link, secret = make_partner_link(endpoint, by=desk.officer, now=desk.now, **form.cleaned_data)
            except MarketError as error:
                form.add_error(None if isinstance(error, InvalidInput) else "carriers", error.message)
            else:
                address = link_address(secret)
                form, status = PartnerLinkForm(initial=started), 200
                made = {"made": link, "address": address, "code": qr_svg(address)}
    links = endpoint.links.filter(shipment=None).select_related("made_by").order_by("-pk")[:50]
    context = {"endpoint": endpoint, "form": form, "links": [(link, link.is_live(desk.now)) for link in links], **made}
    answer = page(request, desk, "partner_links", context, active="partners", status=status)
    answer["Cache-Control"] = "no-store"
    return answer
