"""Pickup jobs: a seller asks a partner to fetch goods of one or several orders in a window of time."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.fields import QuantityField
from market.common.languages import ZH
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.inbox.models import Endpoint
from orders.orders.models import SellerOrder


class PickupPartner(models.Model):
    """A partner of the inbox who also fetches goods. Closed: nobody can ask any more, what was asked goes on. Sellers
    know it by this row's id: the endpoint's is the address the partner posts to. What sellers ask and decide is told by
    mail to `email` in `language`; without an address it is only there to be read."""

    endpoint = models.OneToOneField(Endpoint, on_delete=models.PROTECT, related_name="fetches")
    contact = models.CharField(max_length=120, blank=True, help_text="whom sellers call")
    email = models.EmailField(blank=True, help_text="where jobs are told; sellers do not see it")
    language = models.CharField(max_length=10, default=ZH)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.endpoint)


class PickupJobQuerySet(TenantQuerySet["PickupJob"]):
    def for_partner(self, partner_id: int) -> "PickupJobQuerySet":
        return self.filter(partner=partner_id)


class PickupJob(models.Model):
    """What is to be fetched, where, when, and what the partner said. `window` is what was asked, and what holds once it
    is accepted; `counter` is the partner's last proposal. Every move raises `version` by one, on its own condition."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits for the partner")
        COUNTERED = "countered", _("another time is proposed")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined by the partner")
        REFUSED = "refused", _("proposed time refused")
        WITHDRAWN = "withdrawn", _("withdrawn by the seller")
        EXPIRED = "expired", _("nobody answered in time")
        OVER = "over", _("time is over")

    number = models.CharField(max_length=20, unique=True)
    key = models.CharField(max_length=100, help_text="idempotency key of the enterprise")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="pickups")
    partner = models.ForeignKey(PickupPartner, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    version = models.PositiveIntegerField(default=1)
    state_changed_at = models.DateTimeField()
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    counter_from = models.DateTimeField(null=True)
    counter_to = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(help_text="whose turn it is has until then")
    place = models.CharField(max_length=200)
    contact = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, help_text="WGS 84")
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, help_text="WGS 84")
    boxes = models.PositiveIntegerField()
    gross_kg = QuantityField()
    temperature_from = models.SmallIntegerField(null=True, help_text="degrees Celsius")
    temperature_to = models.SmallIntegerField(null=True, help_text="degrees Celsius")
    note = models.CharField(max_length=400, blank=True)
    vehicle = models.CharField(max_length=40, blank=True)
    driver = models.CharField(max_length=80, blank=True)
    driver_phone = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PickupJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "key"], name="pickup_key_once"),
            models.CheckConstraint(condition=Q(window_from__lt=F("window_to")), name="pickup_window"),
            models.CheckConstraint(condition=Q(boxes__gt=0, gross_kg__gt=0), name="pickup_has_goods"),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="pickup_of_enterprise"),
            models.Index(fields=["partner", "state", "window_from"], name="pickup_of_partner"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def point(self) -> str:
        """`40.547812, 81.280540`, as maps and programs read it in every language; empty without one."""
        return "" if self.latitude is None else f"{self.latitude}, {self.longitude}"


class PickupOrder(models.Model):
    """An order to be fetched. It is live while the job is: an order stands in one live job at most."""

    job = models.ForeignKey(PickupJob, on_delete=models.CASCADE, related_name="orders")
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="pickups")
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "seller_order"], name="pickup_order_once"),
            models.UniqueConstraint(fields=["seller_order"], condition=Q(is_live=True), name="pickup_order_live_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_order} in {self.job}"


class PickupEvent(models.Model):
    """One move of a job: from, to, which side, by whom, what they wrote, when. `told_at`: the other side was written
    to."""

    class Side(models.TextChoices):
        SELLER = "seller", _("seller")
        PARTNER = "partner", _("partner")
        CLOCK = "clock", _("the clock")

    job = models.ForeignKey(PickupJob, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=PickupJob.State)
    side = models.CharField(max_length=8, choices=Side)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.job}: {self.from_state} → {self.to_state}"
