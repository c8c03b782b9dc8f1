"""What a market in public needs beyond a start: asked by `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning


def messages_leave_the_machine(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Codes and notices in files of the embedded column reach nobody."""
    del app_configs, kwargs
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        found.append(CheckWarning("EMAIL_URL is not set: mails stay in DATA_DIR.", id="market.W001"))
    if settings.SMS_URL.startswith("file:"):
        hint = "Nobody can sign up by telephone, and people without an address hear nothing."
        found.append(CheckWarning("SMS_URL is not set: short messages stay in DATA_DIR.", hint=hint, id="market.W002"))
    return found
