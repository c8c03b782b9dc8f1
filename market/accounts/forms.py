from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """One of the two addresses is enough."""

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.cleaned_data.get("email") and not self.cleaned_data.get("phone") and not self.errors:
            raise ValidationError(_("Give a mobile number or an email address."))
        return cleaned
