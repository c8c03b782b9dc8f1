"""Services of the officer's unit and those below: what is offered, a draft written row by row, and published."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.forms import NumberField
from market.common.pages import put_errors
from market.common.quantity import plain
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from market.office.service_forms import (
    FieldForm,
    PaperForm,
    QuestionForm,
    RouteForm,
    SectionForm,
    ServiceForm,
    TextsForm,
    WrittenForm,
)
from market.public_services.actions.define_service import (
    close_service,
    define_service,
    draft_version,
    publish_version,
    write_version,
)
from market.public_services.actions.grant import set_budget
from market.public_services.models import Scheme, ServiceItem, ServiceVersion
from market.public_services.schema import fields_of, what_is_missing

# Part of a draft -> its title, its form, where its rows stand in the version.
PARTS: Final[Mapping[str, tuple[Any, type[WrittenForm], str]]] = {
    "section": (gettext_lazy("Sections of the form"), SectionForm, "sections"),
    "field": (gettext_lazy("Fields"), FieldForm, "fields"),
    "question": (gettext_lazy("Questions before the start"), QuestionForm, "conditions"),
    "paper": (gettext_lazy("Papers"), PaperForm, "materials"),
}
ROUTE: Final = "route"


class BudgetForm(OfficeForm):
    budget = NumberField(label=gettext_lazy("Budget, CNY"), places=2, is_positive=True)
    cap = NumberField(
        label=gettext_lazy("At most for one application, CNY (optional)"), places=2, is_positive=True, required=False
    )


class CloseForm(OfficeForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("It stays in the log."), max_length=500
    )


@officers(R.REVIEWER)
def services(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = desk.of(ServiceItem.objects.all(), R.REVIEWER).select_related("unit")
    rows = rows.annotate(
        published=Count("versions", filter=Q(versions__published_at__isnull=False), distinct=True),
        cases=Count(
            "versions__applications", filter=Q(versions__applications__submitted_at__isnull=False), distinct=True
        ),
    )
    context = paged(request, rows.order_by("closed_at", "category", "slug"))
    return page(request, desk, "services", context, active="applications")


@officers(R.REVIEWER)
def service_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = ServiceForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.is_valid():
        try:
            item = define_service(**form.definition(), by=desk.officer, now=desk.now)
            return redirect("office:service_draft", item.slug)
        except MarketError as error:
            put_errors(form, error)
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "service_new", {"form": form}, active="applications", status=status)


@officers(R.REVIEWER)
def service(request: HttpRequest, desk: Desk, slug: str) -> HttpResponse:
    item = _item(desk, slug)
    form = CloseForm(request.POST if "close" in request.POST else None)
    scheme = Scheme.objects.filter(item=item).first()
    typed = {"budget": plain(scheme.budget), "cap": plain(scheme.cap) if scheme.cap else ""} if scheme else {}
    money = BudgetForm(request.POST if "set_budget" in request.POST else None, initial=typed)
    if request.method == "POST":
        if "draft" in request.POST:
            draft_version(item, by=desk.officer, now=desk.now)
            return redirect("office:service_draft", slug)
        if "set_budget" in request.POST and _budget(request, desk, item, money):
            return redirect("office:service", slug)
        if form.is_valid():
            close_service(item, reason=form.cleaned_data["reason"], by=desk.officer, now=desk.now)
            messages.success(request, _("Closed: no new applications. Those under way go on."))
            return redirect("office:service", slug)
    versions = item.versions.select_related("published_by").annotate(
        cases=Count("applications", filter=Q(applications__submitted_at__isnull=False))
    )
    context = {
        "item": item,
        "versions": versions.order_by("-no"),
        "form": form,
        "money": money,
        "scheme": scheme,
        "log": AuditEntry.objects.filter(subject_kind="service", subject_id=slug).order_by("-pk")[:20],
    }
    return page(
        request, desk, "service", context, active="applications", status=422 if form.errors or money.errors else 200
    )


def _budget(request: HttpRequest, desk: Desk, item: ServiceItem, form: OfficeForm) -> bool:
    """False when it was refused; the form then says why."""
    if not form.is_valid():
        return False
    try:
        set_budget(item, **form.cleaned_data, by=desk.officer, now=desk.now)
    except InvalidInput as error:
        put_errors(form, error)
        return False
    messages.success(request, _("Saved."))
    return True


@officers(R.REVIEWER)
def service_draft(request: HttpRequest, desk: Desk, slug: str) -> HttpResponse:
    """Everything of the draft; rows are taken out here, written on their own pages."""
    draft = _draft(desk, slug)
    if request.method == "POST":
        if "publish" in request.POST:
            return _publish(request, desk, draft)
        part, _colon, key = request.POST.get("remove", "").partition(":")
        _write_rows(desk, draft, part, [row for row in _rows(draft, part) if _key(part, row) != key])
        return redirect("office:service_draft", slug)
    context = {
        "draft": draft,
        "item": draft.item,
        "parts": [(part, title, _listed(part, draft)) for part, (title, _form, _place) in PARTS.items()],
        "routes": [(_key(ROUTE, row), route) for row, route in zip(draft.routing, draft.routes, strict=True)],
        "missing": what_is_missing(draft.texts, draft.form_schema, draft.conditions, draft.routing),
    }
    return page(request, desk, "service_draft", context, active="applications")


@officers(R.REVIEWER)
def service_part(request: HttpRequest, desk: Desk, slug: str, part: str) -> HttpResponse:
    """One row of the draft; one with the same name takes the place of the one before."""
    draft = _draft(desk, slug)
    form = _form(draft, part, request)
    if request.method == "POST" and form.is_valid():
        if isinstance(form, TextsForm):
            _write_texts(desk, draft, form)
        else:
            _write_rows(desk, draft, part, _with(_rows(draft, part), part, form.row()))  # type: ignore[attr-defined]
        messages.success(request, _("Saved."))
        return redirect("office:service_draft", slug)
    title = PARTS[part][0] if part in PARTS else _("Who decides") if part == ROUTE else _("Texts and limits")
    context = {"form": form, "draft": draft, "item": draft.item, "heading": title}
    return page(request, desk, "service_part", context, active="applications", status=422 if form.errors else 200)


def _item(desk: Desk, slug: str) -> ServiceItem:
    found = desk.of(ServiceItem.objects.all(), R.REVIEWER).filter(slug=slug).select_related("unit").first()
    if found is None:
        raise NotFound()
    return found


def _draft(desk: Desk, slug: str) -> ServiceVersion:
    found = _item(desk, slug).versions.filter(published_at=None).select_related("item__unit").first()
    if found is None:
        raise NotFound()
    return found


def _publish(request: HttpRequest, desk: Desk, draft: ServiceVersion) -> HttpResponse:
    try:
        publish_version(draft, by=desk.officer, now=desk.now)
    except InvalidInput as error:
        messages.error(request, error.details["fields"]["version"])
        return redirect("office:service_draft", draft.item.slug)
    messages.success(request, _("Published: new applications are made by it, those under way keep theirs."))
    return redirect("office:service", draft.item.slug)


def _form(draft: ServiceVersion, part: str, request: HttpRequest) -> OfficeForm:
    data = request.POST or None
    if part == "texts":
        limits = {"accept_days": draft.accept_days, "publicity_days": draft.publicity_days, "fee": plain(draft.fee)}
        return TextsForm(data, initial=TextsForm.texts_in(draft.texts) | limits)
    chosen = request.GET.get("row", "")
    row = next((row for row in _rows(draft, part) if chosen and _key(part, row) == chosen), {})
    if part == ROUTE:
        return RouteForm(data, initial=row)
    form = PARTS[part][1]
    return form(data, initial=form.initial_of(row) if row else None)


def _rows(draft: ServiceVersion, part: str) -> list[dict[str, Any]]:
    """Raises NotFound for a part there is not."""
    if part == ROUTE:
        return list(draft.routing)
    if part not in PARTS:
        raise NotFound()
    place = PARTS[part][2]
    found = draft.form_schema.get(place, []) if place in ("sections", "fields") else getattr(draft, place)
    return list(found)


def _key(part: str, row: Mapping[str, Any]) -> str:
    if part == ROUTE:
        return f"{row.get('most') or 'any'}-{'-'.join(row.get('kinds', ()))}"
    return str(row[PARTS[part][1].key])


def _with(rows: list[dict[str, Any]], part: str, new: dict[str, Any]) -> list[dict[str, Any]]:
    """Routes by sum, the ones for few kinds before those for all: the first that fits decides."""
    keys = [_key(part, row) for row in rows]
    if _key(part, new) in keys:
        rows[keys.index(_key(part, new))] = new
    else:
        rows.append(new)
    if part == ROUTE:
        rows.sort(key=lambda row: (not row.get("most"), Decimal(row.get("most") or 0), not row.get("kinds")))
    return rows


def _write_rows(desk: Desk, draft: ServiceVersion, part: str, rows: list[dict[str, Any]]) -> None:
    place = "routing" if part == ROUTE else PARTS[part][2]
    if place in ("sections", "fields"):
        write_version(draft, by=desk.officer, now=desk.now, form_schema=draft.form_schema | {place: rows})
    else:
        write_version(draft, by=desk.officer, now=desk.now, **{place: rows})


def _write_texts(desk: Desk, draft: ServiceVersion, form: TextsForm) -> None:
    values = form.cleaned_data
    write_version(
        draft,
        by=desk.officer,
        now=desk.now,
        texts=form.texts(),
        accept_days=int(values["accept_days"]),
        publicity_days=int(values["publicity_days"] or 0),
        fee=values["fee"] or Decimal(0),
    )


def _listed(part: str, draft: ServiceVersion) -> list[tuple[str, str]]:
    """Key and what it says, of each row."""
    words: dict[str, list[Any]] = {
        "section": [section.title for section in draft.sections],
        "field": [f"{field.section} · {field.label}" for field in fields_of(draft.form_schema.get("fields", ()))],
        "question": [one.question for one in draft.questions],
        "paper": [one.label for one in draft.papers],
    }
    return [(_key(part, row), str(said)) for row, said in zip(_rows(draft, part), words[part], strict=True)]
