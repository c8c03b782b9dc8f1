"""Users, officers' posts, API keys."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.common.clock import read_clock
from market.common.languages import ZH, active_language
from market.common.phones import format_phone
from market.regions.models import OrgUnit


class UserManager(BaseUserManager["User"]):
    def create_user(
        self,
        email: str | None = None,
        password: str | None = None,
        *,
        phone: str | None = None,
        **fields: Any,
    ) -> "User":
        """`phone` in E.164 form. Raises ValueError without either address."""
        if not email and not phone:
            raise ValueError("a user needs an email address or a mobile number")
        user = User(email=self.normalize_email(email).lower() if email else None, phone=phone or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by email address or mobile number."""

    email = models.EmailField(_("email address"), unique=True, null=True, blank=True)
    phone = models.CharField(_("mobile number"), max_length=20, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    full_name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(max_length=10, default=ZH)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=read_clock)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_reachable"),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_not_empty"),
            models.CheckConstraint(condition=~Q(phone=""), name="user_phone_not_empty"),
        ]

    def __str__(self) -> str:
        phone = format_phone(self.phone or "", active_language())
        return self.full_name or self.email or phone or f"user {self.pk}"


class Post(models.Model):
    """An officer's post in an organisation unit; what is below the unit is in reach."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("reviewer")
        COMPLIANCE = "compliance", _("compliance officer")
        FINANCE = "finance", _("finance officer")
        VIEWER = "viewer", _("viewer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=12, choices=Role)
    valid_from = models.DateTimeField(default=read_clock)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "unit", "role"], name="post_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.unit}"


class Delegation(models.Model):
    """Somebody stands in for the holder of a post, such as on leave. It is of this post only, ends with it, and cannot
    be passed on; what is done by it bears both names."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="delegations")
    to = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(help_text="the first moment after the last day")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="delegation_lasts"),
        ]
        indexes = [models.Index(fields=["to", "valid_to"], name="delegation_of_stand_in")]

    def __str__(self) -> str:
        return f"{self.to} for {self.post}"


class ApiKey(models.Model):
    """A key for a seller's or buyer's own program. Only a digest is stored; the key is shown once.

    The enterprise stands a floor above, so its number is kept as a value; membership is checked at each use.
    """

    class Scope(models.TextChoices):
        CATALOGUE_WRITE = "catalogue:write"
        STOCK_WRITE = "stock:write"
        ORDERS_READ = "orders:read"
        ORDERS_WRITE = "orders:write"
        CLAIMS_WRITE = "claims:write"
        WEBHOOKS_WRITE = "webhooks:write"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    enterprise_number = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    key_digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def allows(self, scopes: Iterable[str]) -> bool:
        return set(scopes) <= set(self.scopes)
