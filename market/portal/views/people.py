"""Staff, invitations, API keys."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from market.accounts.actions.keep_api_key import create_api_key, revoke_api_key
from market.accounts.models import ApiKey
from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors, signed_in, tell_refusal
from market.enterprises.actions.staff import (
    LASTS,
    accept_invitation,
    change_role,
    find_invitation,
    invite_member,
    remove_member,
    withdraw_invitation,
)
from market.enterprises.models import Invitation, Member
from market.enterprises.roles import Right
from market.portal.forms.enterprise import SCOPE_WORDS, InviteForm, KeyForm
from market.portal.seat import Seat, person_of, show, staff


@staff(Right.PEOPLE)
def people(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who may do what; an invitation's link is shown once, on the answer to the form."""
    form, link, mailed_to = InviteForm(request.POST or None), "", ""
    now = read_clock()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            invitation, secret = invite_member(
                seat.enterprise, values["address"], role=values["role"], by=seat.person, now=now
            )
            link, mailed_to = request.build_absolute_uri(f"../join/{secret}/"), invitation.email
        except MarketError as error:
            put_errors(form, error)
    open_ones = Invitation.objects.for_enterprise(seat.enterprise.pk).filter(
        ended_at__isnull=True, created_at__gt=now - LASTS
    )
    context = {
        "form": InviteForm() if link else form,
        "link": link,
        "mailed_to": mailed_to,
        "members": Member.objects.filter(enterprise=seat.enterprise).select_related("user").order_by("pk"),
        "invitations": open_ones.order_by("-created_at"),
        "roles": Member.Role.choices,
    }
    answer = show(request, seat, "people", _("Staff"), context)
    answer["Cache-Control"] = "no-store"
    return answer


def _member(seat: Seat, member_id: int) -> Member:
    found = Member.objects.select_related("user", "enterprise").filter(enterprise=seat.enterprise, pk=member_id).first()
    if found is None:
        raise NotFound()
    return found


@staff(only=Right.PEOPLE)
def role(request: HttpRequest, seat: Seat, member_id: int) -> HttpResponse:
    member = _member(seat, member_id)
    if request.method == "POST":
        try:
            change_role(member, request.POST.get("role", ""), by=seat.person, now=read_clock())
            messages.success(request, _("Saved."))
        except MarketError as error:
            tell_refusal(request, error)
    return redirect("portal:people")


@staff(only=Right.PEOPLE)
def remove(request: HttpRequest, seat: Seat, member_id: int) -> HttpResponse:
    member = _member(seat, member_id)
    if request.method == "POST":
        try:
            remove_member(member, by=seat.person, now=read_clock())
            messages.success(request, _("%(name)s no longer works here.") % {"name": member.user})
            return redirect("portal:home" if member.user_id == seat.person.pk else "portal:people")
        except MarketError as error:
            tell_refusal(request, error)
            return redirect("portal:people")
    return show(request, seat, "remove_member", _("Remove %(name)s") % {"name": member.user}, {"member": member})


@staff(only=Right.PEOPLE)
def uninvite(request: HttpRequest, seat: Seat, invitation_id: int) -> HttpResponse:
    found = Invitation.objects.for_enterprise(seat.enterprise.pk).filter(pk=invitation_id).first()
    if found is None:
        raise NotFound()
    if request.method == "POST":
        withdraw_invitation(found, by=seat.person, now=read_clock())
        messages.success(request, _("The invitation has been withdrawn."))
    return redirect("portal:people")


@signed_in
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """The invited person says yes. Link and own address must both fit."""
    now = read_clock()
    try:
        if request.method == "POST":
            accept_invitation(secret, by=person_of(request), now=now)
            return redirect("portal:home")
        invitation = find_invitation(secret, now=now)
    except MarketError as error:
        context = {"title": _("Invitation"), "refusal": error.message}
        return render(request, "portal/join.html", context, status=error.http_status)
    return render(request, "portal/join.html", {"title": _("Invitation"), "invitation": invitation})


@staff()
def keys(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One's own keys; an owner sees everybody's. The secret is on the answer to the form, once, and stored nowhere."""
    form, secret = KeyForm(seat.role, request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _key, secret = create_api_key(
                seat.person, now=read_clock(), enterprise_number=seat.enterprise.number, **form.cleaned_data
            )
        except MarketError as error:
            put_errors(form, error)
    rows = ApiKey.objects.select_related("user").filter(enterprise_number=seat.enterprise.number)
    if not seat.may(Right.PEOPLE):
        rows = rows.filter(user=seat.person)
    context = {
        "form": KeyForm(seat.role) if secret else form,
        "secret": secret,
        "rows": [(key, [SCOPE_WORDS[scope] for scope in key.scopes]) for key in rows.order_by("-created_at")],
        "can_make": bool(form.fields["scopes"].choices),  # type: ignore[attr-defined]
    }
    answer = show(request, seat, "keys", _("API keys"), context)
    answer["Cache-Control"] = "no-store"
    return answer


@staff()
def revoke_key(request: HttpRequest, seat: Seat, key_id: int) -> HttpResponse:
    rows = ApiKey.objects.filter(enterprise_number=seat.enterprise.number, pk=key_id)
    key = (rows if seat.may(Right.PEOPLE) else rows.filter(user=seat.person)).first()
    if key is None:
        raise NotFound()
    if request.method == "POST":
        revoke_api_key(key, by=seat.person, now=read_clock())
        messages.success(request, _("The key no longer opens anything."))
    return redirect("portal:keys")
