from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.products.models import Variant
from market.accounts.models import User
from market.common.deadlines.actions import open_deadline
from orders.actions.end_order import decline_order
from orders.cart.models import CartLine
from orders.orders.models import Purchase, SellerOrder
from orders.orders.queries import reasons_of_end
from orders.payments.models import Payment
from tests.builders import NOW, make_placed, make_user, make_variant
from tests.market.storefront.shop import ordered, stocked, words

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def move(purchase: Purchase, state: str) -> None:
    SellerOrder.objects.filter(purchase=purchase).update(state=state)


def test_account_and_orders_need_a_sign_in(client: Client) -> None:
    for path in ("/en/account/", "/en/orders/"):
        assert client.get(path).headers["Location"] == f"/en/accounts/login/?next={path}"


def test_orders_are_counted_and_shown_by_state() -> None:
    user = make_user()
    to_pay, on_its_way = (make_placed((make_variant(), 1), user=user).purchase for _ in range(2))
    make_placed((make_variant(), 1), user=make_user())
    move(on_its_way, "in_progress")

    text = words(signed_in(user).get("/en/orders/?state=to-pay"))

    assert "All 2 To pay 1 To be shipped 0 To receive 1 Completed 0 Ended 0" in text
    assert to_pay.number in text
    assert on_its_way.number not in text


def test_order_that_waits_for_acceptance_is_called_delivered() -> None:
    user = make_user()
    first, second = (make_placed((make_variant(), 1), user=user).purchase for _ in range(2))
    for purchase in (first, second):
        move(purchase, "in_progress")
    open_deadline("order.acceptance", f"{first.number}-1", due_at=NOW)

    text = words(signed_in(user).get("/en/orders/?state=to-receive"))

    assert text.count("on its way") == 1
    assert text.count("delivered") == 1
    assert text.index("on its way") < text.index("delivered")  # the newest first


@pytest.mark.parametrize("query", ["state=drop", "state=%00", "page=-1", "page=999999", "page=x"])
def test_forged_parameter_shows_the_list(query: str) -> None:
    user = make_user()
    purchase = make_placed((make_variant(), 1), user=user).purchase

    assert purchase.number in words(signed_in(user).get(f"/en/orders/?{query}"))


@pytest.mark.parametrize("count", [3, 18])
def test_orders_ask_the_database_the_same_for_any_number(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    client = signed_in(user)
    for _ in range(count):
        make_placed((make_variant(), 1), user=user)

    with django_assert_max_num_queries(8):
        client.get("/en/orders/")


def test_failed_payment_says_so_and_can_be_tried_again(client: Client) -> None:
    number = ordered(client, stocked()[0])
    page = client.post(f"/en/orders/{number}/pay/", {"gateway": "sandbox"}).headers["Location"]

    assert 'name="outcome"' in client.get(page).content.decode()
    client.post(page, {"outcome": "fail"})

    over = client.get(page)
    assert "This attempt to pay is over: failed." in words(over)
    assert 'name="outcome"' not in over.content.decode()
    text = words(client.get(f"/en/orders/{number}/"))
    assert "The payment failed and nothing was taken." in text
    again = client.post(f"/en/orders/{number}/pay/", {"gateway": "sandbox"}).headers["Location"]
    client.post(again, {"outcome": "succeed"})
    assert "waiting for the seller" in words(client.get(f"/en/orders/{number}/"))


def test_unknown_outcome_moves_nothing(client: Client) -> None:
    number = ordered(client, stocked()[0])
    page = client.post(f"/en/orders/{number}/pay/", {"gateway": "sandbox"}).headers["Location"]

    client.post(page, {"outcome": "captured"})

    assert SellerOrder.objects.get().state == "awaiting_payment"


@pytest.mark.parametrize("gateway", ["", "nobody", "stripe", "\x00"])
def test_gateway_that_is_not_offered_is_refused(client: Client, gateway: str) -> None:
    number = ordered(client, stocked()[0])

    client.post(f"/en/orders/{number}/pay/", {"gateway": gateway})

    assert not Payment.objects.exists()


def test_paying_by_transfer_shows_account_and_reference(client: Client) -> None:
    number = ordered(client, stocked()[0])

    client.post(f"/en/orders/{number}/pay/", {"gateway": "bank_transfer"})

    text = words(client.get(f"/en/orders/{number}/"))
    assert f"quote this reference: {number}" in text
    assert "Account holder" in text


def test_other_ways_to_pay_are_called_so_and_the_chosen_one_is_not_among_them(client: Client) -> None:
    number = ordered(client, stocked()[0])
    before = client.get(f"/en/orders/{number}/").content.decode()
    ways = before.count('name="gateway"')  # two of ours, and the provider's where it is switched on
    assert "Or pay in another way" not in before
    assert ways >= 2
    client.post(f"/en/orders/{number}/pay/", {"gateway": "sandbox"})
    assert client.get(f"/en/orders/{number}/").content.decode().count('name="gateway"') == ways  # its button leads on

    client.post(f"/en/orders/{number}/pay/", {"gateway": "bank_transfer"})
    page = client.get(f"/en/orders/{number}/").content.decode()
    assert page.index("quote this reference") < page.index("Or pay in another way") < page.index('value="sandbox"')
    assert 'value="bank_transfer"' not in page
    assert page.count('name="gateway"') == ways - 1


def test_order_says_in_words_what_happens_next(client: Client) -> None:
    number = ordered(client, stocked()[0])
    purchase = Purchase.objects.get()
    for state, says in (
        ("awaiting_payment", "Please pay in time"),
        ("awaiting_seller", "The seller packs the goods"),
        ("in_progress", "The carrier reports each step here."),
        ("completed", "is paid out to them"),
        ("expired", "Nothing was taken"),
        ("cancelled", "is on its way back"),
        ("declined", "could not deliver"),
    ):
        move(purchase, state)

        assert says in words(client.get(f"/en/orders/{number}/"))


def test_guest_is_told_how_to_find_the_order_again(client: Client) -> None:
    number = ordered(client, stocked()[0])

    assert f"Keep the number {number}" in words(client.get(f"/en/orders/{number}/"))


def test_buyer_cancels_one_part_before_it_leaves_and_not_afterwards(client: Client) -> None:
    number = ordered(client, stocked()[0])
    order = SellerOrder.objects.get()
    assert "Cancel this order" in client.get(f"/en/orders/{number}/").content.decode()

    client.post(f"/en/orders/{number}/cancel/{order.number}/", {"reason": "wrong address\x00"})
    client.post(f"/en/orders/{number}/cancel/{order.number}/", {"reason": "again"})

    order.refresh_from_db()
    assert order.state == "cancelled"
    assert [event.reason for event in order.events.filter(to_state="cancelled")] == ["wrong address"]
    assert "Cancel this order" not in client.get(f"/en/orders/{number}/").content.decode()
    assert reasons_of_end([order]) == {order.pk: "wrong address"}


def test_reason_too_long_comes_back_whole_and_cancels_nothing(client: Client) -> None:
    number = ordered(client, stocked()[0])
    order = SellerOrder.objects.get()
    path = f"/en/orders/{number}/cancel/{order.number}/"

    refused = client.post(path, {"reason": "x" * 201})

    page = refused.content.decode()
    assert (refused.status_code, "x" * 201 in page, '<details class="box flat" open>' in page) == (422, True, True)
    assert "Too long: at most 200 characters, and it has 201." in page
    order.refresh_from_db()
    assert order.state == "awaiting_payment"
    assert client.get(path).headers["Location"] == f"/en/orders/{number}/"
    client.post(path, {"reason": "x" * 200})
    order.refresh_from_db()
    assert reasons_of_end([order]) == {order.pk: "x" * 200}
    assert client.post(path, {"reason": "x" * 201}).status_code == 302


def test_buyer_reads_why_the_seller_declined(client: Client) -> None:
    number = ordered(client, stocked()[0])
    order = SellerOrder.objects.get()
    SellerOrder.objects.update(state="awaiting_seller")
    decline_order(order, by=None, reason="hail took the harvest", now=NOW)

    assert "hail took the harvest" in client.get(f"/en/orders/{number}/").content.decode()


def test_shipped_order_and_a_strangers_order_cannot_be_cancelled(client: Client) -> None:
    number = ordered(client, stocked()[0])
    order = SellerOrder.objects.get()

    assert Client().post(f"/en/orders/{number}/cancel/{order.number}/").status_code == 404
    SellerOrder.objects.update(state="in_progress")
    client.post(f"/en/orders/{number}/cancel/{order.number}/")

    order.refresh_from_db()
    assert order.state == "in_progress"


def test_undelivered_goods_cannot_be_accepted(client: Client) -> None:
    number = ordered(client, stocked()[0])
    order = SellerOrder.objects.get()
    order.state = "in_progress"
    order.save()

    client.post(f"/en/orders/{number}/accept/{order.number}/")

    order.refresh_from_db()
    assert order.state == "in_progress"
    assert order.total == Decimal(300)


def test_a_purchase_is_ordered_again_from_its_page_and_the_list() -> None:
    user, variant, gone = make_user(), *stocked(2)
    purchase = make_placed((variant, 2), (gone, 1), user=user).purchase
    client, address = signed_in(user), f"/en/orders/{purchase.number}/"
    assert "Order this again" not in words(client.get(address))
    assert "Order this again" not in words(client.get("/en/orders/"))
    move(purchase, "completed")
    Variant.objects.filter(pk=gone.pk).update(is_active=False)
    assert "Order this again" in words(client.get(address))
    assert "Order this again" in words(client.get("/en/orders/"))

    answer = client.post(f"{address}again/", follow=True)

    assert answer.redirect_chain[-1][0] == "/en/cart/"
    text = words(answer)
    assert "1 product is in your cart again" in text
    assert f"No longer for sale: {gone.product.name_en}" in text
    assert CartLine.objects.get(cart__state="open").quantity == 2
    assert "left as it is" in words(client.post(f"{address}again/", follow=True))


def test_nobody_orders_what_somebody_else_ordered(client: Client) -> None:
    purchase = make_placed((make_variant(), 1), user=make_user()).purchase

    assert client.post(f"/en/orders/{purchase.number}/again/").status_code == 404
    assert signed_in(make_user()).post(f"/en/orders/{purchase.number}/again/").status_code == 404
    assert signed_in(make_user()).get(f"/en/orders/{purchase.number}/again/").status_code == 405
    assert not CartLine.objects.filter(cart__state="open").exists()
