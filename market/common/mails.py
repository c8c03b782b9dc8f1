"""The shape of our mails: plain text, then an empty line and the page where it stands."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage


def plain_mail(to: str, subject: str, lines: Iterable[str], *, page: str) -> EmailMessage:
    """`page`: its path, the language included."""
    return EmailMessage(subject, "\n".join([*lines, "", settings.PUBLIC_URL + page]), to=[to])
