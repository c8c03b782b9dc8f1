"""What people search in vain, products put first or taken out, and the engine that answers.

Search is one for the whole marketplace: its words and its index are decided at the top of the tree; a reviewer below it
reads them, and puts first or takes out products of sellers in reach.
"""

from functools import wraps

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.products.models import Product
from market.common.errors import InvalidInput, NotFound
from market.common.pages import View, put_errors
from market.office.desk import Desk, R, officers, page, paged
from market.office.search_forms import ChoiceForm
from search.products.actions.ask_rebuild import ask_rebuild
from search.products.actions.keep_choices import hide_product, pin_product, undo_choice
from search.products.actions.keep_concepts import add_to_concept
from search.products.dictionary import nearest_names, usual_names
from search.products.models import Concept, HiddenHit, PinnedHit
from search.products.reports import DAYS, searches_in_vain
from search.products.status import search_status
from search.products.words import search_concepts

MOST = 200
OFFERED = 300


def show_search(
    request: HttpRequest, desk: Desk, template: str, context: dict[str, object], *, tab: str, status: int = 200
) -> HttpResponse:
    shared = {"tab": tab, "decides": desk.is_top(R.REVIEWER)}
    return page(request, desk, f"search_{template}", shared | context, active="search", status=status)


def deciders(view: View) -> View:
    """Writing is for the top of the tree; for others the act does not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest, desk: Desk, **kwargs: object) -> HttpResponse:
        if request.method == "POST" and not desk.is_top(R.REVIEWER):
            raise NotFound()
        return view(request, desk, **kwargs)

    return wrapped


@officers(R.REVIEWER)
@deciders
def report(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A row's text becomes another name of what the officer writes beside it, in one act."""
    errors: dict[str, str] = {}
    asked = request.POST.get("text", "")
    if request.method == "POST":
        try:
            add_to_concept(asked, same_as=request.POST.get("same_as", ""), by=desk.officer, now=desk.now)
            return redirect(f"{request.path}?done=1" + ("&only=none" if request.GET.get("only") == "none" else ""))
        except InvalidInput as error:
            errors = {name: str(text) for name, text in dict(error.details["fields"]).items()}
    only = request.GET.get("only", "")
    rows = searches_in_vain(timezone.localdate(desk.now), only_without_hits=only == "none")
    shown = paged(request, rows)
    nearest, concepts = nearest_names(), search_concepts()
    context = {
        "days": DAYS,
        "only": only,
        "is_done": "done" in request.GET and not errors,
        "asked": asked,
        "error": " ".join(errors.values()),
        "known": _known_names() if desk.is_top(R.REVIEWER) else [],
        **shown,
        "rows": [
            row | {"nearest": nearest.name(row["text"]), "is_known": concepts.knows(row["text"])}
            for row in shown["rows"]
        ],
    }
    return show_search(request, desk, "report", context, tab="report", status=422 if errors else 200)


def _known_names() -> list[str]:
    """The first name of each concept, to choose from while typing: officers' newest ones, then the dictionary's."""
    concepts = Concept.objects.filter(is_active=True).prefetch_related("names").order_by("-updated_at")[:OFFERED]
    own = (next((name.text for name in concept.names.all()), "") for concept in concepts)
    return list(dict.fromkeys([*own, *usual_names(get_language() or "")]))


@officers(R.REVIEWER)
def choices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Of products in reach: what stands first or is left out, and one more."""
    reach = desk.of(Product.objects.all(), R.REVIEWER)
    form = ChoiceForm(request.POST or None, initial={"text": request.GET.get("text", ""), "position": 0})
    if request.method == "POST":
        if "undo" in request.POST:
            return _undo(request, desk)
        if form.is_valid() and _choose(form, desk):
            messages.success(request, _("Saved."))
            return redirect("office:search_choices")
    keys = reach.values("pk")
    pinned = list(PinnedHit.objects.filter(product_id__in=keys).order_by("text", "position")[:MOST])
    hidden = list(HiddenHit.objects.filter(product_id__in=keys).order_by("text", "pk")[:MOST])
    ids = {hit.product_id for hit in pinned} | {hit.product_id for hit in hidden}
    products = {row.pk: row for row in reach.filter(pk__in=ids).select_related("enterprise")}
    context = {
        "form": form,
        "pinned": [(hit, products[hit.product_id]) for hit in pinned],
        "hidden": [(hit, products[hit.product_id]) for hit in hidden],
    }
    status = 422 if form.is_bound and form.errors else 200
    return show_search(request, desk, "choices", context, tab="choices", status=status)


def _choose(form: ChoiceForm, desk: Desk) -> bool:
    values = form.cleaned_data
    product = desk.of(Product.objects.all(), R.REVIEWER).filter(pk=values["product"]).first()
    if product is None:
        form.add_error("product", NotFound().message)
        return False
    try:
        if values["what"] == ChoiceForm.PIN:
            position = values["position"] or 0
            pin_product(product, values["text"], position=position, by=desk.officer, now=desk.now)
        else:
            hide_product(product, values["text"], reason=values["reason"], by=desk.officer, now=desk.now)
    except InvalidInput as error:
        put_errors(form, error)
        return False
    return True


def _undo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """`undo` is `pin-<key>` or `hide-<key>`."""
    what, _dash, key = request.POST["undo"].partition("-")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotFound()
    wanted = Q(pk=int(key), product_id__in=desk.of(Product.objects.all(), R.REVIEWER).values("pk"))
    hit: PinnedHit | HiddenHit | None = None
    if what == ChoiceForm.PIN:
        hit = PinnedHit.objects.filter(wanted).first()
    elif what == ChoiceForm.HIDE:
        hit = HiddenHit.objects.filter(wanted).first()
    if hit is None:
        raise NotFound()
    undo_choice(hit, by=desk.officer, now=desk.now)
    messages.success(request, _("Undone."))
    return redirect("office:search_choices")


@officers(R.REVIEWER)
@deciders
def engine(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which engine answers and why; a new index on request."""
    if request.method == "POST":
        ask_rebuild(by=desk.officer, now=desk.now)
        return redirect("office:search_engine")
    found = search_status(desk.now)
    context = {"found": found, "lag_seconds": int(found.lag.total_seconds())}
    return show_search(request, desk, "engine", context, tab="engine")
