"""An enterprise with a system of its own, and something to tell it."""

from datetime import datetime

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Enterprise
from orders.orders.models import Purchase, SellerOrder
from orders.outbound.actions.manage_endpoint import create_endpoint
from orders.outbound.models import Endpoint
from orders.outbound.send import send_due
from tests.builders import NOW, make_member, make_placed, make_variant


def make_endpoint(enterprise: Enterprise, url: str, *types: str, with_ed25519: bool = False) -> tuple[Endpoint, str]:
    endpoint, keys = create_endpoint(
        enterprise, url, types=types, with_ed25519=with_ed25519, by=make_member(enterprise), now=NOW
    )
    return endpoint, keys.secret


def make_order() -> SellerOrder:
    """Its buyer has left no address: what is mailed is about the seller's system."""
    placed = make_placed((make_variant(on_hand=100), 2))
    Purchase.objects.update(buyer_email="")
    OutboxEvent.objects.update(done_at=NOW)  # what came before is no news
    return SellerOrder.objects.select_related("enterprise", "purchase").get(pk=placed.seller_orders[0].pk)


def tell(order: SellerOrder, times: int = 1, *, now: datetime = NOW) -> None:
    """The outbox says, so many times over, that the order was placed."""
    for _ in range(times):
        OutboxEvent.objects.create(
            topic="purchase.placed", subject=order.purchase.number, payload={}, created_at=now, due_at=now
        )
        drain_outbox(now)


def send_all(now: datetime) -> None:
    """The worker's rounds, until all is quiet."""
    while send_due(now):
        pass
