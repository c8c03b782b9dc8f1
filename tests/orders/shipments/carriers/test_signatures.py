"""Every way to forge a message, for every adapter that signs or shows a token. Seal and refusal, nothing between."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from orders.inbox.adapters import inbound_adapter
from orders.shipments.carriers.base import BadSignatureError

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
BODY = '{"id":"1","number":"中文"}'
KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"p" * 32)
PUBLIC = "whpk_" + base64.b64encode(PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
OTHER_PUBLIC = (
    "whpk_"
    + base64.b64encode(
        Ed25519PrivateKey.from_private_bytes(b"q" * 32).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    ).decode()
)


@dataclass(frozen=True)
class Signed:
    """`proof` is the header or form field that carries the signature."""

    raw: bytes
    headers: dict[str, str]
    proof: str

    def with_proof(self, value: str | None) -> "Signed":
        if self.proof in self.headers:
            headers = {name: given for name, given in self.headers.items() if name != self.proof}
            return Signed(self.raw, headers | ({self.proof: value} if value is not None else {}), self.proof)
        fields = dict(parse_qsl(self.raw.decode()))
        del fields[self.proof]
        return Signed(urlencode(fields | ({self.proof: value} if value is not None else {})).encode(), {}, self.proof)

    @property
    def value(self) -> str:
        return self.headers.get(self.proof) or dict(parse_qsl(self.raw.decode()))[self.proof]


def standard(at: datetime, key: bytes = b"k" * 32) -> Signed:
    stamp = str(int(at.timestamp()))
    signed = f"msg_1.{stamp}.".encode() + BODY.encode()
    proof = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": proof}
    return Signed(BODY.encode(), headers, "webhook-signature")


def ed25519(at: datetime) -> Signed:
    stamp = str(int(at.timestamp()))
    proof = "v1a," + base64.b64encode(PRIVATE.sign(f"msg_1.{stamp}.".encode() + BODY.encode())).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": proof}
    return Signed(BODY.encode(), headers, "webhook-signature")


def easypost(at: datetime) -> Signed:
    digest = hmac.new(b"secret", BODY.encode(), hashlib.sha256).hexdigest()
    return Signed(BODY.encode(), {"x-hmac-signature": f"hmac-sha256-hex={digest}"}, "x-hmac-signature")


def aftership(at: datetime) -> Signed:
    digest = base64.b64encode(hmac.digest(b"secret", BODY.encode(), hashlib.sha256)).decode()
    return Signed(BODY.encode(), {"aftership-hmac-sha256": digest}, "aftership-hmac-sha256")


def shippo(at: datetime) -> Signed:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(b"secret", f"{stamp}.{BODY}".encode(), hashlib.sha256).hexdigest()
    return Signed(BODY.encode(), {"shippo-auth-signature": f"t={stamp},v1={digest}"}, "shippo-auth-signature")


def seventeentrack(at: datetime) -> Signed:
    return Signed(BODY.encode(), {"sign": hashlib.sha256(f"{BODY}/secret".encode()).hexdigest()}, "sign")


def kuaidi100(at: datetime) -> Signed:
    digest = hashlib.md5(f"{BODY}secret".encode(), usedforsecurity=False).hexdigest().upper()
    return Signed(urlencode({"param": BODY, "sign": digest}).encode(), {}, "sign")


def cainiao(at: datetime) -> Signed:
    digest = hashlib.md5(f"{BODY}secret".encode(), usedforsecurity=False).digest()
    form = {"logistics_interface": BODY, "data_digest": base64.b64encode(digest).decode(), "msg_id": "1"}
    return Signed(urlencode(form).encode(), {}, "data_digest")


def dcsa(at: datetime) -> Signed:
    digest = hmac.new(b"secret", BODY.encode(), hashlib.sha256).hexdigest()
    return Signed(BODY.encode(), {"notification-signature": f"sha256={digest}"}, "notification-signature")


def dhl(at: datetime) -> Signed:
    return Signed(BODY.encode(), {"x-our-header": "secret-Token"}, "x-our-header")


def ups(at: datetime) -> Signed:
    return Signed(BODY.encode(), {"credential": "secret-Token"}, "credential")


def ups_bearer(at: datetime) -> Signed:
    return Signed(BODY.encode(), {"authorization": "Bearer secret-Token"}, "authorization")


def stripe(at: datetime) -> Signed:
    signed = shippo(at)
    return Signed(signed.raw, {"stripe-signature": signed.value}, "stripe-signature")


B64 = base64.b64encode(b"secret").decode()
SIGNERS: dict[str, tuple[str, Callable[[datetime], Signed], str, str]] = {
    "standard": ("standard", standard, KEY, OTHER),
    "standard-v1a": ("standard", ed25519, PUBLIC, OTHER_PUBLIC),
    "easypost": ("easypost", easypost, "secret", "other"),
    "aftership": ("aftership", aftership, "secret", "other"),
    "shippo": ("shippo", shippo, "secret", "other"),
    "seventeentrack": ("seventeentrack", seventeentrack, "secret", "other"),
    "kuaidi100": ("kuaidi100", kuaidi100, "secret", "other"),
    "cainiao": ("cainiao", cainiao, "secret", "other"),
    "dcsa_tnt": ("dcsa_tnt", dcsa, B64, base64.b64encode(b"other").decode()),
    "dhl": ("dhl_unified_push", dhl, "X-Our-Header: secret-Token", "X-Our-Header: other"),
    "ups": ("ups_track_alert", ups, "secret-Token", "other"),
    "ups-v2": ("ups_track_alert", ups_bearer, "secret-Token", "other"),
    "iata": ("iata_one_record", ups_bearer, "secret-Token", "other"),
    "stripe": ("stripe", stripe, "secret", "other"),
}
TIMED = ["standard", "standard-v1a", "shippo", "stripe"]
UNSIGNED_BODY = ["dhl", "ups", "ups-v2", "iata"]
every = pytest.mark.parametrize("name", SIGNERS)


def verdict(name: str, signed: Signed, *secrets: str, now: datetime = NOW) -> bool:
    try:
        inbound_adapter(SIGNERS[name][0]).authenticate(signed.raw, signed.headers, secrets, now)
    except BadSignatureError:
        return False
    return True


@every
def test_right_signature_is_taken_with_the_key_anywhere_among_the_live_ones(name: str) -> None:
    _, sign, good, other = SIGNERS[name]

    assert verdict(name, sign(NOW), good)
    assert verdict(name, sign(NOW), other, good)
    assert verdict(name, sign(NOW), good, other)


@every
def test_wrong_key_or_none_is_refused(name: str) -> None:
    _, sign, _, other = SIGNERS[name]

    assert not verdict(name, sign(NOW), other)
    assert not verdict(name, sign(NOW))
    assert not verdict(name, sign(NOW), "")


FLAWS: dict[str, Callable[[str], str | None]] = {
    "missing": lambda value: None,
    "empty": lambda value: "",
    "blank": lambda value: " ",
    "truncated": lambda value: value[:-2],
    "longer": lambda value: value + "00",
    "doubled": lambda value: value + value,
    "swapped case": lambda value: value.swapcase(),
    "one letter": lambda value: value[:-3] + ("A" if value[-3] != "A" else "B") + value[-2:],
    "not ASCII": lambda value: value[:-1] + "é",
    "reversed": lambda value: value[::-1],
    "NUL": lambda value: value + "\x00",
}


@every
@pytest.mark.parametrize("flaw", FLAWS)
def test_flawed_signature_is_refused(name: str, flaw: str) -> None:
    _, sign, good, _ = SIGNERS[name]
    signed = sign(NOW)

    assert not verdict(name, signed.with_proof(FLAWS[flaw](signed.value)), good)


@pytest.mark.parametrize("name", [name for name in SIGNERS if name not in UNSIGNED_BODY])
def test_other_body_under_the_same_signature_is_refused(name: str) -> None:
    _, sign, good, _ = SIGNERS[name]
    signed = sign(NOW)
    changed = signed.raw.replace(b"number", b"nomber")

    assert changed != signed.raw
    assert not verdict(name, Signed(changed, signed.headers, signed.proof), good)


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize(
    ("seconds", "is_taken"), [(-300, True), (-301, False), (300, True), (301, False), (10**9, False)]
)
def test_signed_time_may_be_five_minutes_off(name: str, seconds: int, is_taken: bool) -> None:
    _, sign, good, _ = SIGNERS[name]

    assert verdict(name, sign(NOW + timedelta(seconds=seconds)), good) is is_taken


@pytest.mark.parametrize(
    "stamp", ["", "+1796097600", "1796097600.0", " 1796097600", "１７９６０９７６００", "9" * 13, "-1", "1e9"]
)
def test_standard_timestamp_is_a_plain_number(stamp: str) -> None:
    signed = standard(NOW)

    assert not verdict("standard", Signed(signed.raw, signed.headers | {"webhook-timestamp": stamp}, ""), KEY)


@pytest.mark.parametrize("identifier", ["", "msg.1", "a b", "x" * 101, "é", "msg_1\n"])
def test_standard_id_has_no_full_stop_and_an_end(identifier: str) -> None:
    signed = standard(NOW)

    assert not verdict("standard", Signed(signed.raw, signed.headers | {"webhook-id": identifier}, ""), KEY)


def test_standard_list_takes_any_known_entry_and_skips_the_others() -> None:
    right = standard(NOW).value
    for value in (f"v2,abc {right}", f"{right} v1,", f"v1,AAAA {right}", f"nonsense {right} v1a,x"):
        assert verdict("standard", standard(NOW).with_proof(value), KEY), value
    for value in (
        right.replace("v1,", "v2,"),
        right.replace("v1,", "v1a,"),
        right.removeprefix("v1,"),
        right.replace(",", " "),
    ):
        assert not verdict("standard", standard(NOW).with_proof(value), KEY), value


def test_standard_both_schemes_live_side_by_side() -> None:
    both = f"{standard(NOW).value} {ed25519(NOW).value}"

    for keys in ([KEY], [PUBLIC], [OTHER, PUBLIC], [KEY, OTHER_PUBLIC]):
        assert verdict("standard", standard(NOW).with_proof(both), *keys)
    assert not verdict("standard", standard(NOW).with_proof(both), OTHER, OTHER_PUBLIC)


@pytest.mark.parametrize("key", ["whsec_", "whsec_%%%", "whpk_AAAA", "whpk_", "plain", "whsk_AAAA"])
def test_standard_broken_key_in_our_own_list_refuses_and_does_not_raise(key: str) -> None:
    assert not verdict("standard", standard(NOW), key)
    assert not verdict("standard", ed25519(NOW), key)
    assert verdict("standard", standard(NOW), key, KEY)


def test_easypost_secret_is_normalised() -> None:
    digest = hmac.new("se\u0301cret".encode(), BODY.encode(), hashlib.sha256).hexdigest()
    signed = Signed(BODY.encode(), {"x-hmac-signature": f"hmac-sha256-hex={digest}"}, "x-hmac-signature")

    assert verdict("easypost", signed, "s\u00e9cret")


def test_shippo_without_signatures_shows_the_secret_in_the_query() -> None:
    def asked(query: str) -> bool:
        return verdict("shippo", Signed(BODY.encode(), {":query": query}, ""), "secret")

    assert asked("token=secret")
    for query in ("", "token=", "token=other", "secret", "x=" + "y" * 500, "token=" + "&a=1" * 30):
        assert not asked(query)


def test_shippo_bad_signature_is_not_mended_by_a_good_token() -> None:
    signed = shippo(NOW).with_proof("t=1,v1=00")

    assert not verdict("shippo", Signed(signed.raw, signed.headers | {":query": "token=secret"}, ""), "secret")


def test_dhl_token_alone_is_looked_for_in_our_usual_header() -> None:
    assert verdict("dhl", Signed(b"", {"x-partner-token": "abc"}, ""), "abc")
    assert not verdict("dhl", Signed(b"", {"x-our-header": "abc"}, ""), "abc")


def test_dcsa_older_header_name_is_read_only_without_the_new_one() -> None:
    right = dcsa(NOW).value

    assert verdict("dcsa_tnt", Signed(BODY.encode(), {"signature": right}, ""), B64)
    both = {"signature": right, "notification-signature": "sha256=00"}
    assert not verdict("dcsa_tnt", Signed(BODY.encode(), both, ""), B64)
