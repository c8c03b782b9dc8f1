"""Selling enterprises, their staff and their admission."""

import unicodedata

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.languages import NamedRow
from market.common.tenancy import TenantQuerySet
from market.regions.models import OrgUnit


class EnterpriseQuerySet(TenantQuerySet["Enterprise"]):
    enterprise_lookup = "pk"
    unit_path_lookup = "unit__path"


class Enterprise(NamedRow):
    """A firm that sells (it may buy too). One per unified social credit code."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        UNDER_REVIEW = "under_review", _("under review")
        RETURNED = "returned", _("returned with reasons")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        SUSPENDED = "suspended", _("suspended")

    number = models.CharField(max_length=20, unique=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="enterprises")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    contact_name = models.CharField(_("contact person"), max_length=80, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    about_zh = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    about_ru = models.TextField(blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(credit_code=""), name="enterprise_has_credit_code")]

    @property
    def is_selling(self) -> bool:
        return self.state == self.State.APPROVED


class Member(models.Model):
    """A person's role in an enterprise."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        SALES = "sales", _("sales")
        WAREHOUSE = "warehouse", _("warehouse")
        FINANCE = "finance", _("finance")
        VIEWER = "viewer", _("viewer")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.enterprise}"


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    pass


class Invitation(models.Model):
    """Somebody is asked to join the staff. Only a digest of the link's secret is stored; the link is shown once."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=12, choices=Member.Role)
    secret_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="accepted or withdrawn")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(email="") & ~Q(phone="")) | (~Q(email="") & Q(phone="")),
                name="invitation_has_one_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.role} of {self.enterprise}"

    @property
    def address(self) -> str:
        return self.email or self.phone

    @property
    def hidden_address(self) -> str:
        """Enough to recognise one's own, too little to learn somebody else's."""
        if self.phone:
            return f"{self.phone[:3]}…{self.phone[-4:]}"
        name, _at, host = self.email.partition("@")
        return f"{name[:1]}…@{host}"


class AdmissionEvent(models.Model):
    """One step of an admission: from, to, by whom, why, when.

    `items` of a return: what has to be corrected, each `{"item": ..., "reason": ...}`; of a hand-in: a print of each
    item as it was then, `{"item": ..., "print": ...}`, so that the next hand-in shows what has changed."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="admission_events")
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    items = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.from_state} → {self.to_state}"

    @property
    def marked_items(self) -> list[str]:
        """Names of the items a return asks to correct."""
        return [row["item"] for row in self.items if "reason" in row]


class CertificateQuerySet(TenantQuerySet["Certificate"]):
    unit_path_lookup = "enterprise__unit__path"


class Certificate(models.Model):
    """A paper about how goods are grown or made, claimed by the firm and looked up by an officer. Which products it
    covers stands a floor above (`catalog.products.CertifiedProduct`); nothing of a claim is ever changed, a new one
    takes its place."""

    class Kind(models.TextChoices):
        ORGANIC = "organic", _("organic")
        GREEN_FOOD = "green-food", _("green food")
        GEOGRAPHICAL_INDICATION = "gi", _("geographical indication")
        GAP = "gap", _("good agricultural practice (GAP)")
        HACCP = "haccp", "HACCP"
        FSSC = "fssc", "FSSC 22000"
        HALAL = "halal", _("halal")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be checked")
        CHECKED = "checked", _("checked")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")
        SUPERSEDED = "superseded", _("replaced by a newer one")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(_("kind of certificate"), max_length=10, choices=Kind)
    number = models.CharField(_("certificate number"), max_length=60)
    body = models.CharField(_("issued by"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), help_text="the last day")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(blank=True)
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=models.F("valid_from")), name="certificate_lasts"),
            models.UniqueConstraint(
                fields=["enterprise", "kind", "number", "state"],
                condition=Q(state__in=["waiting", "checked"]),
                name="certificate_live_once",
            ),
        ]
        indexes = [models.Index(fields=["kind", "number"], name="certificate_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PayoutAccountQuerySet(TenantQuerySet["PayoutAccount"]):
    unit_path_lookup = "enterprise__unit__path"

    def current(self) -> "PayoutAccountQuerySet":
        """At most one for each enterprise and currency; none means that none was ever entered."""
        return self.exclude(state=PayoutAccount.State.CLOSED)


class PayoutAccount(models.Model):
    """Where a seller's money goes. What was entered is never changed: another account is another row, and the one
    before is closed. The number is sealed; only its last four digits can be read."""

    class State(models.TextChoices):
        PENDING = "pending", _("waits to be checked")
        ACTIVE = "active", _("checked")
        RESTRICTED = "restricted", _("restricted: money is held")
        REJECTED = "rejected", _("refused")
        CLOSED = "closed", _("closed")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="payout_accounts")
    currency = models.CharField(_("currency"), max_length=3)
    holder = models.CharField(_("account holder"), max_length=120)
    bank = models.CharField(_("bank and branch"), max_length=100)
    sealed_number = models.BinaryField()
    last_digits = models.CharField(max_length=4)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.TextField(blank=True, help_text="of the last decision")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = PayoutAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "currency"], condition=~Q(state="closed"), name="payout_account_current_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.masked}"

    @property
    def masked(self) -> str:
        return f"•••• {self.last_digits}"

    @property
    def is_of_the_firm(self) -> bool:
        """Held by the registered name, as a bank writes it: brackets and blanks may be of either width."""
        return plain_name(self.holder) == plain_name(self.enterprise.name_zh)


def plain_name(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
