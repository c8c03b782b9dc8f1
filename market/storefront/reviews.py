"""Reviews: what everybody reads about a product, and where a buyer writes, changes or withdraws their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from catalog.products.models import Product
from market.accounts.models import User
from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.forms import MarketForm, PlainTextField
from market.common.languages import active_language
from market.common.pages import put_errors, signed_in, tell_refusal
from market.common.paging import page_links
from market.storefront.filters import read_page
from market.storefront.listing import public_page
from market.storefront.visitor import person
from orders.orders.models import Purchase, SellerOrder
from orders.reviews.actions.write_review import Opinion, check_may_review, put_review, withdraw_review
from orders.reviews.errors import ReviewWithdrawn, TooLateToChange
from orders.reviews.models import Review
from orders.reviews.queries import CHANGE_WITHIN, can_change, order_with, reviews_about

SIZE = 20
STARS = (
    (5, gettext_lazy("5 stars: very good")),
    (4, gettext_lazy("4 stars: good")),
    (3, gettext_lazy("3 stars: all right")),
    (2, gettext_lazy("2 stars: poor")),
    (1, gettext_lazy("1 star: bad")),
)


class ReviewForm(MarketForm):
    """How long a text may be is said by the action, which counts what is left of it."""

    use_required_attribute = False

    stars = forms.TypedChoiceField(
        label=gettext_lazy("How good is it?"),
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose from one to five stars."),
            "invalid_choice": gettext_lazy("Please choose from one to five stars."),
        },
    )
    text = PlainTextField(
        label=gettext_lazy("What should others know? (optional)"),
        help_text=gettext_lazy("Quality, size, packing, what differed from the description. At most 2,000 characters."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )


def about(request: HttpRequest, product_id: int, slug: str) -> HttpResponse:
    """Every shown review of a product that is on sale, newest first, the same for everybody."""
    product = Product.objects.published().filter(pk=product_id).first()
    if product is None:
        raise Http404
    if slug != product.slug:
        return redirect("storefront:reviews", product.pk, product.slug, permanent=True)
    page = Paginator(reviews_about(product.pk), SIZE).get_page(read_page(request.GET.get("page", "")))
    context = {
        "product": product,
        "page": page,
        "links": page_links(page.number, page.paginator.num_pages, lambda number: f"?page={number}"),
        "product_path": reverse("storefront:product", args=[product.pk, product.slug]),
    }
    return public_page(render(request, "storefront/reviews.html", context))


@never_cache
@signed_in
def review(request: HttpRequest, number: str, product_id: int) -> HttpResponse:
    """The form, or why there is none."""
    user, order = _my_order(request, number, product_id)
    product = Product.objects.get(pk=product_id)
    found = order.reviews.filter(product=product).first()
    refusal = _refusal(order, product_id, found, user)
    form = None if refusal else ReviewForm(request.POST or None, initial=_typed(found))
    if request.method == "POST" and refusal:
        tell_refusal(request, refusal)
        return redirect("storefront:review", number, product_id)
    if request.method == "POST" and form and form.is_valid():
        opinion = Opinion(form.cleaned_data["stars"], form.cleaned_data["text"], active_language())
        try:
            put_review(order, product_id, opinion, by=user, now=read_clock())
            messages.success(request, _("Thank you: your review is saved."))
            return redirect("storefront:order", number)
        except MarketError as error:
            put_errors(form, error)
    context: dict[str, Any] = {
        "number": number,
        "product": product,
        "review": found,
        "form": form,
        "refusal": refusal.message if refusal else "",
    }
    return render(request, "storefront/review.html", context, status=422 if form and form.is_bound else 200)


@never_cache
@signed_in
def withdraw(request: HttpRequest, number: str, product_id: int) -> HttpResponse:
    """What it means stands above the button."""
    user, order = _my_order(request, number, product_id)
    found = order.reviews.filter(product=product_id).exclude(state=Review.State.WITHDRAWN).first()
    if found is None:
        raise NotFound()
    if request.method == "POST":
        try:
            withdraw_review(found, by=user, now=read_clock())
            messages.success(request, _("Your review is withdrawn."))
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("storefront:order", number)
    context = {"number": number, "product": found.product, "review": found}
    return render(request, "storefront/review_withdraw.html", context)


def _my_order(request: HttpRequest, number: str, product_id: int) -> tuple[User, SellerOrder]:
    """Of the buyer. Who holds no more than a guest's secret writes no review."""
    user = person(request)
    purchase = Purchase.objects.filter(number=number, buyer=user).first() if user else None
    if user is None or purchase is None:
        raise NotFound()
    return user, order_with(purchase, product_id)


def _refusal(order: SellerOrder, product_id: int, found: Review | None, user: User) -> MarketError | None:
    if found is not None and found.state == Review.State.WITHDRAWN:
        return ReviewWithdrawn()
    if found is not None and not can_change(found, read_clock()):
        return TooLateToChange(days=CHANGE_WITHIN.days)
    if found is None:
        try:
            check_may_review(order, product_id, user)
        except MarketError as error:
            return error
    return None


def _typed(found: Review | None) -> dict[str, Any]:
    return {"stars": found.stars, "text": found.text} if found else {}
