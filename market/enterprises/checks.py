"""What a machine can say of an application before a person decides. Facts only: an officer weighs them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from market.accounts.phones import normal_phone
from market.enterprises.models import Enterprise


@dataclass(frozen=True)
class Check:
    """`item` is the one it speaks of; `text` what was found."""

    item: str
    is_good: bool
    text: str | Promise


def check_application(enterprise: Enterprise) -> list[Check]:
    """Always all of them, in the same order. No statement."""
    return [Check(item, test(enterprise), good if test(enterprise) else bad) for item, test, good, bad in _CHECKS]


def _has(name: str) -> Callable[[Enterprise], bool]:
    return lambda enterprise: bool(str(getattr(enterprise, name)).strip())


_CHECKS: list[tuple[str, Callable[[Enterprise], bool], str | Promise, str | Promise]] = [
    (
        "credit_code",
        lambda enterprise: bool(uscc.is_valid(enterprise.credit_code)),
        _("The credit code is well formed and its check digit fits (GB 32100)."),
        _("The credit code is not well formed, or its check digit does not fit (GB 32100)."),
    ),
    ("contact_name", _has("contact_name"), _("A contact person is named."), _("No contact person is named.")),
    (
        "contact_phone",
        lambda enterprise: bool(normal_phone(enterprise.contact_phone)),
        _("The contact phone is a number that can be called."),
        _("The contact phone is missing or is no number we understand."),
    ),
    ("address", _has("address"), _("An address is given."), _("No address is given.")),
    (
        "name_en",
        lambda enterprise: bool(enterprise.name_en and enterprise.name_ru),
        _("The name is there in all three languages."),
        _("The name in English or Russian is missing; buyers abroad will see the Chinese one."),
    ),
    (
        "bank_account",
        lambda enterprise: bool(enterprise.bank_name and enterprise.bank_account),
        _("Bank and account for payouts are given."),
        _("Bank or account is missing: the firm enters them later as its payout account."),
    ),
]
