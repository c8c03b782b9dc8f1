import pytest
from django.core import mail
from django.utils.translation import override

from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from market.enterprises.actions.staff import LASTS, accept_invitation, invite_member, withdraw_invitation
from market.enterprises.invitation_mail import send_invitations
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_enterprise, make_member, make_user

pytestmark = pytest.mark.django_db


def invited(address: str, enterprise: Enterprise | None = None) -> str:
    enterprise = enterprise or make_enterprise()
    return invite_member(enterprise, address, role="sales", by=make_member(enterprise), now=NOW)[1]


def test_mail_carries_the_link_that_opens_the_door_and_the_outbox_does_not() -> None:
    secret = invited("new@example.org")
    event = OutboxEvent.objects.get(topic="member.invited")

    drain_outbox(NOW)

    (sent,) = mail.outbox
    assert sent.to == ["new@example.org"]
    assert f"/sell/join/{secret}/" in sent.body
    assert secret not in str(event.payload)
    assert accept_invitation(secret, by=make_user("new@example.org"), now=NOW).role == "sales"


@pytest.mark.parametrize(("language", "word"), [("ru", "Откройте"), ("en", "Open"), ("zh-hans", "请在")])
def test_mail_speaks_the_language_of_the_invited_persons_account(language: str, word: str) -> None:
    make_user("new@example.org", language=language)

    with override("ru" if language != "ru" else "en"):
        invited("new@example.org")
    drain_outbox(NOW)

    assert word in mail.outbox[0].body
    assert f"/{language}/sell/join/" in mail.outbox[0].body


def test_mail_to_somebody_without_an_account_speaks_the_language_of_the_page() -> None:
    with override("ru"):
        invited("new@example.org")
    drain_outbox(NOW)

    assert "Откройте" in mail.outbox[0].body


def test_invitation_withdrawn_before_the_mail_went_out_is_not_sent() -> None:
    enterprise = make_enterprise()
    owner = make_member(enterprise)
    invitation, _secret = invite_member(enterprise, "new@example.org", role="sales", by=owner, now=NOW)

    withdraw_invitation(invitation, by=owner, now=NOW)
    drain_outbox(NOW)

    assert mail.outbox == []


def test_invitation_that_ran_out_is_not_sent() -> None:
    invited("new@example.org")

    drain_outbox(NOW + LASTS)

    assert mail.outbox == []


def test_mobile_number_gets_no_mail() -> None:
    invited("13800000000")

    drain_outbox(NOW)

    assert not OutboxEvent.objects.filter(topic="member.invited").exists()
    assert mail.outbox == []


def test_mail_that_fails_is_sent_when_the_outbox_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    invited("new@example.org")
    events = list(OutboxEvent.objects.filter(topic="member.invited"))

    def fail(*_: object, **__: object) -> int:
        raise OSError("the mail server is away")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", fail)
        with pytest.raises(OSError, match="away"):
            send_invitations(events, NOW)
    send_invitations(events, NOW)

    assert len(mail.outbox) == 1
