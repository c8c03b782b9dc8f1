"""Orders that arrived, and what their buyers say."""

from catalog.products.models import Product, Variant
from market.accounts.models import User
from orders.orders.models import SellerOrder
from orders.reviews.actions.write_review import Opinion, write_review
from orders.reviews.models import Review
from orders.shipments.models import Shipment, ShipmentLine
from tests.builders import NOW, make_placed, make_user, make_variant

GOOD = Opinion(5, "个大肉厚", "zh-hans")


def make_order(variant: Variant | None = None, user: User | None = None) -> SellerOrder:
    """Of one packing, still to be paid, by a buyer with an account."""
    placed = make_placed((variant or make_variant(on_hand=50), 1), user=user or make_user())
    return SellerOrder.objects.select_related("enterprise", "purchase__buyer").get(pk=placed.seller_orders[0].pk)


def make_accepted(variant: Variant | None = None, user: User | None = None) -> SellerOrder:
    order = make_order(variant, user)
    SellerOrder.objects.filter(pk=order.pk).update(state=SellerOrder.State.COMPLETED)
    order.refresh_from_db(fields=["state"])
    return order


def make_arrived(status: str = "delivered", quantity: int = 1) -> SellerOrder:
    """All of it shipped in one parcel that stands at this status, nothing accepted yet."""
    order = make_order()
    SellerOrder.objects.filter(pk=order.pk).update(state=SellerOrder.State.IN_PROGRESS)
    order.refresh_from_db(fields=["state"])
    line = order.lines.get()
    shipment = Shipment.objects.create(
        seller_order=order, number=f"{order.number}-S1", carrier="truck", waybill="W1", status=status, shipped_at=NOW
    )
    lot = line.variant.product.lots.get()
    ShipmentLine.objects.create(shipment=shipment, order_line=line, lot=lot, quantity=quantity)
    return order


def product_of(order: SellerOrder) -> Product:
    """As it stands in the database now."""
    return Product.objects.get(variants__order_lines__seller_order=order)


def make_review(order: SellerOrder | None = None, stars: int = 5, text: str = "个大肉厚") -> Review:
    order = order or make_accepted()
    buyer = order.purchase.buyer
    assert buyer is not None
    return write_review(order, product_of(order).pk, Opinion(stars, text), by=buyer, now=NOW)


def rating_of(review: Review) -> tuple[int, int]:
    return Product.objects.values_list("rating_count", "rating_sum").get(pk=review.product_id)
