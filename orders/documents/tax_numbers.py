"""Tax numbers 纳税人识别号 of mainland China, checked as far as their form and check digit tell."""

from stdnum.cn import ric, uscc

from market.common.plain_text import plain_code


def normal_tax_number(typed: str) -> str:
    """As it is kept: people type blanks, wide and small letters."""
    return plain_code(typed).upper()


def is_tax_number(number: str) -> bool:
    """18 signs: a unified social credit code (GB 32100) or a resident's number (GB 11643), with their check digits. 20:
    a resident's number and two digits more. 15: the old registration, a region and an organisation code, which has no
    check digit over all of it."""
    if len(number) == 18:
        return bool(uscc.is_valid(number) or ric.is_valid(number))
    if len(number) == 20:
        return bool(ric.is_valid(number[:18])) and number[18:].isdigit()
    return len(number) == 15 and number.isascii() and number[:6].isdigit() and number[6:].isalnum()
