"""The fields of a product's document. One document per product and channel, so that prices and stock are of the channel
and a new channel needs no new index."""

from search.analysis.version import index_version
from search.engines.base import Field, Schema

FIELDS = (
    Field("product", "keyword"),
    Field("channel", "keyword"),
    Field("category", "keyword"),  # slugs of the category and all above it
    Field("enterprise", "keyword"),
    Field("origin", "keyword"),  # codes of the unit and all above it
    Field("grade", "keyword"),
    Field("certs", "keyword"),
    Field("months", "keyword"),  # m01 to m12
    Field("stock", "keyword"),  # yes, no
    Field("rating", "keyword"),  # 4, 3: buyers' stars come to this or more on average
    Field("well_rated", "flag"),  # even when few voices count for little
    Field(
        "attrs", "keyword"
    ),  # code=value of what the category describes its goods by; filters of a new attribute need no new field
    Field("export_to", "keyword"),  # ISO 3166-1 codes of where an officer has opened and no law bars the goods
    Field("price_kg", "number"),  # ten-thousandths of the channel's currency
    Field("moq", "number"),  # thousandths of the unit
    Field("newest", "number"),
    Field("rated", "number"),  # the shrunk average of stars, best first; what nobody has reviewed below all of them
    Field("browse", "number"),  # the order of a list nobody asked a question of: in stock first, then newest
)
SCHEMA_NUMBER = 4


def pid_of(product_id: int, channel: str) -> str:
    return f"{product_id}-{channel}"


def product_of(pid: str) -> tuple[int, str]:
    """The inverse: product and channel."""
    number, _, channel = pid.partition("-")
    return int(number), channel


def month_value(month: int) -> str:
    return f"m{month:02}"


def product_schema() -> Schema:
    return Schema(FIELDS, index_version(str(SCHEMA_NUMBER)))
