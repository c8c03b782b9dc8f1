"""How django-allauth reaches our users: by email address or mobile number."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as account_context
from django import forms
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.accounts.phones import normal_phone
from market.common.languages import active_language
from market.common.phones import format_phone
from market.common.sms.base import NotSent
from market.common.sms.send import send_now
from market.common.sms.write import written

logger = logging.getLogger(__name__)

CODE_WORDS = _("%(code)s is your code for Tuanji, good for 15 minutes. Give it to nobody.")
ON_ITS_WAY = ("account/messages/phone_verification_sent.txt", "account/messages/login_code_sent.txt")


class PhoneField(forms.CharField):
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "")
        if not typed:
            return ""
        phone = normal_phone(typed)
        if not phone:
            raise ValidationError(
                _("A mobile number has 11 digits, such as 138 0013 8000; abroad, begin with + and the country code.")
            )
        return phone


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        kwargs.setdefault("label", _("Mobile number"))
        return PhoneField(**kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Under the marketplace's name; a server's address is no greeting."""
        site = get_current_site(account_context.request)
        site.name = gettext("Tuanji")
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template in ON_ITS_WAY and getattr(request, "code_was_not_sent", False):
            messages.error(request, gettext("The text message could not be sent. Please try again in a few minutes."))
            return
        shown = dict(message_context or {})
        if "phone" in shown:
            shown["phone"] = format_phone(shown["phone"], active_language())
        super().add_message(request, level, message_template, shown, *args, **kwargs)

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        """In one INSERT with the mobile number, and without an empty email: `user_reachable` asks for either, and an
        empty email would be unique to the first person who has none."""
        super().save_user(request, user, form, commit=False)
        user.email = user.email or None
        if commit:
            user.save()
        return user

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("storefront:account")

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone or None
        user.phone_verified = verified
        if user.pk:
            user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Of a change this is the first we hear of the new number."""
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=normal_phone(phone) or phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """At once, for somebody waits; when it cannot be sent, the page says so instead of that it is on its way."""
        try:
            send_now(written(phone, "code", active_language(), CODE_WORDS, {"code": code}))
        except NotSent as error:
            logger.warning("a code was not sent: %s", error.why)
            account_context.request.code_was_not_sent = True

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Nothing is sent to strangers: a message costs money and tells who has an account."""

    def send_account_already_exists_sms(self, phone: str, **kwargs: Any) -> None:
        """As above."""
