"""How a program proves who it is, for the API's description of itself."""

from typing import Any, Final

INTRODUCTION: Final = """\
Amounts and quantities are text (`"12.50"`), times ISO 8601 with their zone. A refusal has one shape:
`{"error": {"code": "...", "message": "...", "details": {}}}`. `code` is stable; `message` is for people, in the
language of `Accept-Language` where we have it.

A seller makes a key in the portal, under "API keys": `Authorization: Bearer <key>`. It also stands for the person who
made it, where that person buys. Buying needs no account: a new cart, a placed purchase and an enquiry each answer with
a token for the header named below. `POST /carts/{cart_id}/checkout` also wants an `Idempotency-Key` of 1 to 100
characters: the same one again gives the same purchase. Partners who fetch goods sign in with their endpoint and its
secret.
"""
SCHEMES: Final[dict[str, dict[str, str]]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "API key"},
    "cart": {"type": "apiKey", "in": "header", "name": "X-Cart-Token"},
    "purchase": {"type": "apiKey", "in": "header", "name": "X-Purchase-Token"},
    "enquiry": {"type": "apiKey", "in": "header", "name": "X-Enquiry-Token"},
    "partner": {"type": "http", "scheme": "basic", "description": "endpoint id and its whsec_ secret"},
}
REFUSAL: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
        }
    },
}
# The first that fits, by the beginning of the address below /api/v1.
_BY_ADDRESS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("/seller/webhooks/types", ()),
    ("/seller/", ("key",)),
    ("/partner/", ("partner",)),
    ("/variants/", ("key",)),
    ("/carts/", ("cart", "key")),
    ("/purchases/{number}/products/", ("key",)),
    ("/purchases/", ("purchase", "key")),
    ("/enquiries/", ("enquiry", "key")),
)


def ways_in(address: str, method: str) -> list[dict[str, list[str]]]:
    """As OpenAPI writes it: one of them is enough; none for what everybody may call."""
    if address.startswith("/products"):
        schemes: tuple[str, ...] = () if method == "get" else ("key",)
    else:
        schemes = next((found for start, found in _BY_ADDRESS if address.startswith(start)), ())
    return [{scheme: []} for scheme in schemes]
