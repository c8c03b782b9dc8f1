"""What goods of a category are described by. One for the whole marketplace: decided at the top of the tree, read by
reviewers below it, as the words of search are."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from catalog.products.actions.define_attribute import add_attribute, change_attribute
from catalog.products.models import Attribute, Category, Product
from market.common.audit.models import AuditEntry
from market.common.errors import Conflict, MarketError, NotFound
from market.common.pages import put_errors
from market.office.attribute_forms import AttributeForm, NewAttributeForm
from market.office.desk import Desk, R, officers, page, paged
from market.office.search_pages import deciders


@officers(R.REVIEWER)
def attributes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The category tree, each with the attributes defined there. Four statements."""
    shown = paged(request, Category.objects.order_by("path"), size=60)
    rows = list(shown["rows"])
    found = Attribute.objects.filter(category__in=rows).order_by("is_retired", "position", "code")
    by_category: dict[int, list[Attribute]] = {row.pk: [] for row in rows}
    for attribute_row in found:
        by_category[attribute_row.category_id].append(attribute_row)
    context = shown | {
        "rows": [(row, by_category[row.pk]) for row in rows],
        "decides": desk.is_top(R.REVIEWER),
    }
    return page(request, desk, "attributes", context, active="attributes")


@officers(R.REVIEWER)
@deciders
def new_attribute(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not desk.is_top(R.REVIEWER):
        raise NotFound()
    category = Category.objects.filter(slug=request.GET.get("category", "")).first()
    form = NewAttributeForm(request.POST or None, initial={"category": category})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            add_attribute(
                values["category"], values["code"], values["kind"], form.wish(), by=desk.officer, now=desk.now
            )
            messages.success(request, _("Saved."))
            return redirect("office:attributes")
        except MarketError as error:
            put_errors(form, error)
    return page(request, desk, "attribute", {"form": form}, active="attributes", status=422 if form.is_bound else 200)


@officers(R.REVIEWER)
@deciders
def attribute(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Saved over somebody else's change only by who has seen that there was one (409)."""
    row = _row(pk)
    form = AttributeForm(request.POST or None, initial=AttributeForm.filled(row), kind=row.kind)
    status, version = 200, row.updated_at.isoformat()
    if request.method == "POST":
        status, version = 422, request.POST.get("version", "")
        if form.is_valid():
            try:
                change_attribute(
                    row, form.wish(), version=parse_datetime(version) or desk.now, by=desk.officer, now=desk.now
                )
                messages.success(request, _("Saved."))
                return redirect("office:attributes")
            except Conflict as error:
                row = _row(pk)
                status, version = 409, row.updated_at.isoformat()
                form.add_error(None, error.message)
            except MarketError as error:
                put_errors(form, error)
    context = {
        "row": row,
        "form": form,
        "version": version,
        "decides": desk.is_top(R.REVIEWER),
        "retired": [value for value in row.values.all() if value.is_retired],
        "used": Product.objects.filter(attributes__has_key=row.code).count(),
        "log": AuditEntry.objects.filter(subject_kind="attribute", subject_id=row.code).order_by("-pk")[:30],
    }
    return page(request, desk, "attribute", context, active="attributes", status=status)


def _row(pk: int) -> Attribute:
    row = Attribute.objects.select_related("category").prefetch_related("values").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row
