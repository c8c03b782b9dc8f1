"""The words search knows: what officers added, and the dictionary brought along, which they add to or switch off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.errors import InvalidInput, NotFound
from market.common.pages import put_errors
from market.office.desk import Desk, R, officers, paged
from market.office.search_forms import ConceptForm
from market.office.search_pages import deciders, show_search
from search.analysis.dictionary import Entry
from search.products.actions.keep_concepts import write_concept
from search.products.dictionary import entries_with, entry_of
from search.products.models import Concept


@officers(R.REVIEWER)
def concepts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Officers' concepts, the newest first, then the dictionary's entries that none of them stands for."""
    words = request.GET.get("q", "").strip()[:80]
    rows = Concept.objects.order_by("-updated_at", "-pk")
    if words:
        rows = rows.filter(pk__in=Concept.objects.filter(names__text__icontains=words).values("pk"))
    taken = Concept.objects.exclude(code="").values_list("code", flat=True)
    keys = list(rows.values_list("pk", flat=True))
    shown = paged(request, [*keys, *entries_with(words, without=taken)])
    found = Concept.objects.prefetch_related("names").in_bulk([key for key in shown["rows"] if isinstance(key, int)])
    shown["rows"] = [found.get(key, key) if isinstance(key, int) else key for key in shown["rows"]]
    return show_search(request, desk, "concepts", {"words": words, **shown}, tab="concepts")


@officers(R.REVIEWER)
@deciders
def concept(request: HttpRequest, desk: Desk, pk: int = 0) -> HttpResponse:
    """One of them, or a new one."""
    row = Concept.objects.prefetch_related("names").filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise NotFound()
    return _written(request, desk, row, None)


@officers(R.REVIEWER)
@deciders
def entry(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """An entry of the dictionary: what is saved stands in its place from then on."""
    found = entry_of(code)
    if found is None:
        raise NotFound()
    row = Concept.objects.prefetch_related("names").filter(code=code).first()
    return _written(request, desk, row, found)


def _written(request: HttpRequest, desk: Desk, row: Concept | None, found: Entry | None) -> HttpResponse:
    initial = ConceptForm.of_entry(found) if row is None and found is not None else ConceptForm.filled(row)
    form = ConceptForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            write_concept(
                row,
                code=found.code if found else "",
                kind=form.cleaned_data["kind"],
                names=form.names(),
                note=form.cleaned_data["note"],
                is_active=form.cleaned_data["is_active"],
                by=desk.officer,
                now=desk.now,
            )
            messages.success(request, _("Saved."))
            return redirect("office:search_concepts")
        except InvalidInput as error:
            put_errors(form, error)
    status = 422 if form.is_bound and form.errors else 200
    return show_search(
        request, desk, "concept", {"row": row, "entry": found, "form": form}, tab="concepts", status=status
    )
