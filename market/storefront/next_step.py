"""What happens next with an order, and who does it: the line a buyer reads first."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.claims.models import Claim
from orders.orders.models import SellerOrder
from orders.shipments.models import Flag, Shipment, Status

S = SellerOrder.State

# What the buyer can do, and what is worst, first: of several shipments the first line that fits is told.
BY_STATUS: Final = {
    Status.AVAILABLE_FOR_PICKUP: gettext_lazy(
        "The goods are ready: please fetch them where the carrier keeps them, or they go back."
    ),
    Status.DELIVERY_ATTEMPTED: gettext_lazy(
        "The carrier could not hand over the goods. Please agree with the carrier on another time or place."
    ),
    Status.FAILED: gettext_lazy(
        "Goods were lost or destroyed. You have nothing to accept, and the seller is not paid."
    ),
    Status.RETURNED: gettext_lazy(
        "Goods went back to the seller. You have nothing to accept, and the seller is not paid."
    ),
    Status.RETURNING: gettext_lazy(
        "Goods are on their way back to the seller. If you still want them, please ask the carrier soon."
    ),
}
BY_FLAG: Final = {
    Flag.PAYMENT_REQUIRED: gettext_lazy("The carrier waits for a payment. Please ask the carrier."),
    Flag.CUSTOMS_INFO_REQUIRED: gettext_lazy("Customs ask for papers. Please answer the carrier."),
    Flag.ADDRESS_ISSUE: gettext_lazy("Something is wrong with the address. Please ask the carrier."),
    Flag.CONTACT_CARRIER: gettext_lazy("The carrier has a question. Please ask the carrier."),
}


def next_step(order: SellerOrder, shipments: Sequence[Shipment], claims: Sequence[Claim]) -> str:
    """One sentence or two, in the language of the page."""
    if order.state == S.IN_PROGRESS and any(claim.is_open for claim in claims):
        return _(
            "You have filed a claim. Until it is settled or withdrawn the goods are not accepted, by no clock either."
        )
    if order.state == S.COMPLETED and any(claim.state == Claim.State.SETTLED for claim in claims):
        return _("The order is done: what arrived is accepted, and what was claimed is settled.")
    if order.state == S.IN_PROGRESS and shipments:
        return _on_the_way(shipments)
    return {
        S.AWAITING_PAYMENT: _("Please pay in time, otherwise the goods are released again."),
        S.AWAITING_SELLER: _("The seller packs the goods by lot and hands them to a carrier."),
        S.IN_PROGRESS: _("The carrier reports each step here. Nothing to do for you."),
        S.COMPLETED: _("You have accepted the goods. The money is now the seller's and is paid out to them."),
        S.EXPIRED: _("It was not paid in time. Nothing was taken; you can order again."),
        S.CANCELLED: _("It was cancelled. What was paid is on its way back."),
        S.DECLINED: _("The seller could not deliver. What was paid is on its way back."),
    }[S(order.state)]


def _on_the_way(shipments: Sequence[Shipment]) -> str:
    """A parcel of several may ask for something while the whole is still on its way."""
    statuses = {shipment.status for shipment in shipments}
    statuses |= {parcel.status for shipment in shipments for parcel in shipment.parcels.all()}
    if statuses == {Status.DELIVERED}:
        return _("Please count and weigh the goods, then accept them. After seven days they count as accepted.")
    flags = {flag for shipment in shipments if shipment.status != Status.DELIVERED for flag in shipment.flags}
    told = [words for status, words in BY_STATUS.items() if status in statuses]
    told += [words for flag, words in BY_FLAG.items() if flag in flags]
    return str(told[0]) if told else _("The carrier reports each step here. Nothing to do for you.")
