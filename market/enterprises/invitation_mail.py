"""The link of an invitation by mail, in the language of whoever is invited."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.accounts.models import User
from market.common.languages import normal_language
from market.common.outbox.models import OutboxEvent
from market.common.sealing import unseal
from market.enterprises.actions.staff import find_invitation
from market.enterprises.errors import InvitationOver
from market.enterprises.models import Invitation


def send_invitations(events: Sequence[OutboxEvent], now: datetime) -> None:
    """Receiver of `member.invited`. One that has been withdrawn, used or has run out in the meantime is not sent; a
    mail that fails makes the outbox come again, and a second mail says the same as the first."""
    for event in events:
        secret = unseal(event.payload["sealed"].encode()).decode()
        try:
            invitation = find_invitation(secret, now=now)
        except InvitationOver:
            continue
        invitation_mail(invitation, secret, language=_language_of(invitation, event.payload["language"])).send()


def _language_of(invitation: Invitation, inviter: str) -> str:
    """Their own when they have an account; else that of the page they were invited on."""
    own = User.objects.filter(email=invitation.email).values_list("language", flat=True).first()
    return normal_language(own or inviter)


def invitation_mail(invitation: Invitation, secret: str, *, language: str) -> EmailMessage:
    """Plain text: who invites, to what role, the link, how long it holds."""
    with override(language):
        enterprise = invitation.enterprise.name
        lines = [
            _("%(enterprise)s invites you to its staff on Tuanji, with the role “%(role)s”.")
            % {"enterprise": enterprise, "role": invitation.get_role_display()},
            "",
            _("Open this link within 7 days and sign in with this email address:"),
            f"{settings.PUBLIC_URL}/{language}/sell/join/{secret}/",
            "",
            _("If you do not know this enterprise, do nothing: without you nothing happens."),
        ]
        subject = _("Invitation to the staff of %(enterprise)s") % {"enterprise": enterprise}
    return EmailMessage(subject, "\n".join(lines), to=[invitation.email])
