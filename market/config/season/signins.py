"""Who can sign in after `manage.py season`; printed at the end of `make run`. Sample data only, never for real use."""

from dataclasses import dataclass

PASSWORD = "sample-season-2026"  # noqa: S105 - printed on purpose: the sample season is public


@dataclass(frozen=True)
class SignIn:
    part: str
    email: str
    path: str
    name: str


SELLER = SignIn("seller", "seller@season.example", "/zh-hans/sell/", "样例卖家")
BUYER = SignIn("buyer", "buyer@season.example", "/zh-hans/", "样例买家")
OFFICER = SignIn("officer", "officer@season.example", "/zh-hans/ops/", "样例审核员")
# The second of two: what one finance officer proposes, the other confirms.
FINANCE = SignIn("finance", "finance@season.example", "/zh-hans/ops/", "样例财务员")
SIGN_INS = (SELLER, BUYER, OFFICER, FINANCE)
