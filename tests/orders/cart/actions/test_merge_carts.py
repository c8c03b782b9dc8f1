import pytest

from market.accounts.models import User
from market.channels.models import Channel
from market.common.errors import NotFound
from orders.cart.actions.change_cart import create_cart
from orders.cart.actions.merge_carts import Merged, merge_carts
from orders.cart.errors import CartIsOrdered
from orders.cart.models import Cart
from tests.builders import NOW, make_cart, make_user, make_variant

pytestmark = pytest.mark.django_db


def quantities(cart: Cart) -> dict[int, int]:
    return {pk: int(quantity) for pk, quantity in cart.lines.values_list("variant_id", "quantity")}


def test_merge_takes_older_lines_and_keeps_the_quantity_of_this_visit() -> None:
    user, early, both, new = make_user(), make_variant(), make_variant(), make_variant()
    older = make_cart((early, 1), (both, 1), user=user)
    visit = make_cart((both, 4), (new, 2))

    merged = merge_carts(visit, user, now=NOW)

    assert (merged.added, merged.kept) == (1, 1)
    assert quantities(merged.cart) == {early.pk: 1, both.pk: 4, new.pk: 2}
    older.refresh_from_db()
    assert older.state == Cart.State.MERGED


def test_merge_without_an_older_cart_only_takes_ownership() -> None:
    user, variant = make_user(), make_variant()
    visit = make_cart((variant, 3))

    merged = merge_carts(visit, user, now=NOW)

    assert merged == Merged(visit, 0, 0)
    assert Cart.objects.get().user == user


def test_merge_twice_moves_nothing_more() -> None:
    user, one, other = make_user(), make_variant(), make_variant()
    make_cart((one, 1), user=user)
    visit = make_cart((other, 1))
    merge_carts(visit, user, now=NOW)

    again = merge_carts(visit, user, now=NOW)

    assert (again.added, again.kept) == (0, 0)
    assert quantities(again.cart) == {one.pk: 1, other.pk: 1}


def test_merge_of_several_older_carts_lets_the_newest_win() -> None:
    user, variant, other = make_user(), make_variant(), make_variant()
    make_cart((variant, 1), user=user)
    make_cart((variant, 7), user=user)

    merged = merge_carts(make_cart((other, 1)), user, now=NOW)

    assert quantities(merged.cart) == {variant.pk: 7, other.pk: 1}


def test_cart_of_somebody_else_is_refused_and_nothing_moves() -> None:
    owner, thief, variant = make_user(), make_user(), make_variant()
    mine = make_cart((variant, 1), user=thief)
    theirs = make_cart((variant, 2), user=owner)

    with pytest.raises(NotFound):
        merge_carts(theirs, thief, now=NOW)

    assert {cart.pk: cart.state for cart in (mine, theirs)} == dict(Cart.objects.values_list("pk", "state"))
    theirs.refresh_from_db()
    assert theirs.user == owner


def test_ordered_cart_is_refused_and_nothing_moves() -> None:
    user, variant = make_user(), make_variant()
    older = make_cart((variant, 1), user=user)
    visit = make_cart((variant, 2))
    Cart.objects.filter(pk=visit.pk).update(state=Cart.State.ORDERED)

    with pytest.raises(CartIsOrdered):
        merge_carts(visit, user, now=NOW)

    older.refresh_from_db()
    assert older.state == Cart.State.OPEN
    assert quantities(older) == {variant.pk: 1}


def test_carts_of_others_and_of_another_channel_are_left_alone() -> None:
    user, other, variant = make_user(), make_user(), make_variant()
    foreign = make_cart((variant, 1), user=other)
    export, _token = create_cart(Channel.objects.get(code="export"), user=user, now=NOW)

    merge_carts(make_cart((variant, 2)), user, now=NOW)

    assert {row.state for row in Cart.objects.filter(pk__in=[foreign.pk, export.pk])} == {"open"}
    assert User.objects.get(pk=other.pk).carts.count() == 1
