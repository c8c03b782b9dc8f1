from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import ChangePhoneForm as AllauthChangePhoneForm
from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.forms import VerifyPhoneForm as AllauthVerifyPhoneForm
from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.accounts.queries import came_by_code
from market.common.clock import read_clock


class InOurWords(forms.Form):
    """A label says what to enter, nothing inside the field; what is missing is told as on every other page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = _("Please fill this in.")


class LoginForm(InOurWords, AllauthLoginForm):  # type: ignore[misc]
    """Says what to enter above the field, where it stays readable while one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Mobile number or email address")
        self.fields["password"].help_text = ""


class SignupForm(InOurWords, AllauthSignupForm):  # type: ignore[misc]
    """One of the two addresses is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("Mobile number (optional)")

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.cleaned_data.get("email") and not self.cleaned_data.get("phone") and not self.errors:
            raise ValidationError(_("Give a mobile number or an email address."))
        return cleaned


def _ask_for_code(form: forms.Form) -> None:
    form.fields["code"].label = _("Code from the text message")
    form.fields["code"].widget.attrs["inputmode"] = "numeric"


class VerifyPhoneForm(InOurWords, AllauthVerifyPhoneForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self)


class ChangePhoneForm(InOurWords, AllauthChangePhoneForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("New mobile number")


class RequestLoginCodeForm(InOurWords, AllauthRequestLoginCodeForm):  # type: ignore[misc]
    """By mobile number only: who has an email address gets a link (`account_reset_password`)."""

    _user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"]
        self.fields["phone"].required = True

    def clean_phone(self) -> str:
        """A number nobody has confirmed opens no account that another address may own: it may have been mistyped."""
        phone = str(super().clean_phone())
        if self._user and not self._user.phone_verified and self._user.email:
            self._user = None
        return phone


class ConfirmLoginCodeForm(InOurWords, AllauthConfirmLoginCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self)


class ChangePasswordForm(InOurWords, AllauthChangePasswordForm):  # type: ignore[misc]
    """Who has just come in by a code is not asked for the password they have lost."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if came_by_code(context.request, self.user, now=read_clock()):
            del self.fields["oldpassword"]


class ResetPasswordForm(InOurWords, AllauthResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(InOurWords, AllauthResetPasswordKeyForm):  # type: ignore[misc]
    pass
