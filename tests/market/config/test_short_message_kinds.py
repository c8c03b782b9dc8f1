"""Kinds of short messages: each is documented for whoever applies for templates, and named to officers."""

import re
from pathlib import Path

from django.conf import settings

from market.accounts.adapter import CODE_WORDS
from market.enterprises import payout_account_mail
from market.office.templatetags.office import message_words
from market.public_services import tell as tell_of_applications
from orders.actions import short_words
from orders.documents import tell_of_invoices
from orders.quotes import tell_seller
from orders.recalls import tell as tell_of_recalls


def test_every_kind_stands_in_the_documentation_with_its_variables_and_is_named_to_officers() -> None:
    page = (Path(settings.BASE_DIR) / "docs/configuration.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| ((?:`[a-z]+`(?:, )?)+) \|$", page, re.MULTILINE)
    documented = {kind: set(re.findall(r"`([a-z]+)`", names)) for kind, names in rows}
    words = {name.lower(): text for name, text in vars(short_words).items() if name.isupper()}
    words |= {"code": CODE_WORDS, "payout_account": payout_account_mail.SHORT, "seller_enquiry": tell_seller.SHORT}
    words |= {"invoice": tell_of_invoices.SHORT, "seller_invoice": tell_of_invoices.SHORT_SELLER}
    words |= {"recall": tell_of_recalls.SHORT, "seller_recall": tell_of_recalls.SHORT_SELLER}
    words |= {"application": tell_of_applications.SHORT}

    assert documented == {kind: set(re.findall(r"%\((\w+)\)s", str(text))) for kind, text in words.items()}
    assert [kind for kind in documented if message_words(kind) == kind] == ["code"]
