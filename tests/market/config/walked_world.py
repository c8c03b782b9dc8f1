"""What the walk of all pages may not find: one enterprise with a row of every kind."""

from typing import Any

from django.core.files.base import ContentFile

from catalog.lots.models import HarvestLot
from catalog.products.models import ProductImage
from catalog.stock.models import StockItem
from market.accounts.actions.keep_api_key import create_api_key
from market.enterprises.models import Certificate, Invitation, Member, PayoutAccount
from orders.claims.models import Claim, ClaimLine
from orders.claims.photos import Photo, keep_photo
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.statement import statement
from orders.ledger.models import Payout, PayRun, Settlement
from orders.orders.models import SellerOrder
from orders.payments.models import Refund
from orders.quotes.models import EnquiryPart
from orders.reviews.models import Review
from orders.shipments.models import Shipment
from tests.builders import (
    NOW,
    make_enquiry_of,
    make_enterprise,
    make_member,
    make_placed,
    make_user,
    make_variant,
)
from tests.catalog.imports.tables import checked, csv_of
from tests.market.prices.scenes import make_place, report
from tests.market.public_services.scenes import make_case_of
from tests.orders.documents.invoices import PERSON, ask, hand_in
from tests.orders.documents.scenes import keep_scan
from tests.orders.pickups.scenes import make_job

SAID = "只说给买家听的评价"
PHOTO = Photo("0" * 32, SAID.encode(), SAID.encode())


class World:
    """One enterprise with a row of every kind, whose names occur nowhere else."""

    def __init__(self) -> None:
        self.enterprise = make_enterprise()
        self.variant = make_variant(
            enterprise=self.enterprise, name_zh="绝密红枣", name_en="Hidden jujubes", on_hand=20
        )
        self.order: SellerOrder = make_placed((self.variant, 1)).seller_orders[0]
        self.shipment = Shipment.objects.create(
            seller_order=self.order, number=f"{self.order.number}-S1", carrier="truck", waybill="W1", shipped_at=NOW
        )
        self.owner = make_member(self.enterprise)
        make_enquiry_of(self.variant)
        SellerOrder.objects.filter(pk=self.order.pk).update(state=SellerOrder.State.AWAITING_SELLER)
        self.job = make_job(self.order)
        self.table = checked(self.enterprise, csv_of([{"sku": "绝密红枣", "unit": "crate"}]))
        self.item = StockItem.objects.get(variant=self.variant)
        self.lot = HarvestLot.objects.get(product=self.variant.product)
        image = ProductImage(product=self.variant.product, position=0, width=1, height=1)
        image.file.save("p.jpg", ContentFile(b"no picture"), save=False)
        image.width = image.height = 1
        image.save()
        self.image = image
        self.certificate = Certificate.objects.create(
            enterprise=self.enterprise,
            kind="organic",
            number="SAMPLE-1",
            body="Sample Body",
            valid_from=NOW.date(),
            valid_to=NOW.date(),
            claimed_by=self.owner,
            claimed_at=NOW,
        )
        self.review = Review.objects.create(
            seller_order=self.order,
            product=self.variant.product,
            enterprise=self.enterprise,
            writer=make_user(),
            signature="密**",
            stars=5,
            text=SAID,
            language="zh-hans",
            created_at=NOW,
        )
        self.claim = Claim.objects.create(
            seller_order=self.order, number=f"{self.order.number}-C1", text=SAID, filed_at=NOW, photos=[PHOTO.key]
        )
        ClaimLine.objects.create(
            claim=self.claim,
            order_line=self.order.lines.get(),
            lot=self.lot,
            quantity=1,
            reason="spoiled",
            wanted=1,
        )
        keep_photo(self.claim, PHOTO)
        self.price = report(make_place("绝密红枣", self.enterprise.unit))
        paid = SellerOrder.objects.select_related("purchase", "enterprise").get(pk=self.order.pk)
        self.paper = issue_document(statement(paid), by=self.owner, now=NOW)
        self.scan = keep_scan(paid, by=self.owner)
        self.invoice = hand_in(ask(paid, PERSON))
        self.case = make_case_of(self.enterprise, self.owner, SAID)
        self.payout = self._paid_out()
        self.member = Member.objects.get(user=self.owner)
        self.invitation = Invitation.objects.create(
            enterprise=self.enterprise,
            email="new@example.org",
            role="sales",
            secret_digest="0" * 64,
            invited_by=self.owner,
            created_at=NOW,
        )
        self.key, _ = create_api_key(
            self.owner, name="k", scopes=["orders:read"], now=NOW, enterprise_number=self.enterprise.number
        )

    def _paid_out(self) -> Payout:
        account = PayoutAccount.objects.create(
            enterprise=self.enterprise,
            currency="CNY",
            holder=self.enterprise.name_zh,
            bank="绝密银行",
            sealed_number=b"sealed",
            last_digits="2233",
            entered_by=self.owner,
            entered_at=NOW,
        )
        run = PayRun.objects.create(number="PR261124-SECRET", currency="CNY", made_by=self.owner, made_at=NOW)
        settlement = Settlement.objects.create(
            run=run, enterprise=self.enterprise, currency="CNY", period_from=NOW.date(), period_to=NOW.date(), amount=1
        )
        return Payout.objects.create(settlement=settlement, account=account, number="PO261124-SECRETED", amount=1)

    def values(self, route: str) -> dict[str, Any]:
        """What stands for each place of an address."""
        number = self.order.number
        if "enquiries" in route:
            number = EnquiryPart.objects.get().number
        elif route.startswith("shipments"):
            number = self.shipment.number
        elif route.startswith("pickups"):
            number = self.job.number
        elif route.startswith("imports"):
            number = self.table.number
        elif route.startswith("claims"):
            number = self.claim.number
        elif route.startswith("invoices"):
            number = self.invoice.request.number
        elif route.startswith("payouts/runs"):
            number = self.payout.settlement.run.number
        elif route.startswith("payouts"):
            number = self.payout.number
        elif route.startswith("applications"):
            number = self.case.number
        elif route.startswith(("sellers", "owners")):
            number = self.enterprise.number
        pk = Refund.objects.values_list("pk", flat=True).first() or 1
        if route.startswith("certificates"):
            pk = self.certificate.pk
        elif route.startswith("reviews"):
            pk = self.review.pk
        elif route.startswith("prices"):
            pk = self.price.pk
        elif route.startswith("payout-accounts"):
            pk = self.payout.account_id
        return {
            "product_id": self.variant.product_id,
            "image_id": self.image.pk,
            "variant_id": self.variant.pk,
            "channel_code": "domestic",
            "item_id": self.item.pk,
            "warehouse_id": self.item.warehouse_id,
            "lot_id": self.lot.pk,
            "number": number,
            "paper": self.paper.number,
            "invoice_id": self.invoice.pk,
            "scan_id": self.scan.pk,
            "certificate_id": self.certificate.pk,
            "review_id": self.review.pk,
            "member_id": self.member.pk,
            "invitation_id": self.invitation.pk,
            "key_id": self.key.pk,
            "key": PHOTO.key,
            "size": "small",
            "endpoint_id": "nobody-issued-this",
            "code": "documents",
            "secret": "nobody-issued-this",
            "paper_id": self.case.paper_rows.get().pk,
            "slug": self.case.version.item.slug,
            "part": "texts",
            "pk": pk,
        }
