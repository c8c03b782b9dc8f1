"""An engine-neutral query: what to match and how much it counts. Weights and constants are in Lucene's scale; an engine
whose scale differs multiplies them itself (search.md, section 4)."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Term:
    """One token of a stream, scored by BM25 times `weight`."""

    field: str
    token: str
    weight: float = 1.0


@dataclass(frozen=True)
class OneOf:
    """Any of these tokens of a stream, for a constant score however many match."""

    field: str
    tokens: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class AllOf:
    """Every part must match; scores add up. Must not be empty."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class AnyOf:
    """At least so many parts must match; scores add up. Must not be empty."""

    parts: "tuple[Node, ...]"
    at_least: int = 1


@dataclass(frozen=True)
class BestOf:
    """The best part's score, and of the other matching parts `tie` times theirs. Must not be empty."""

    parts: "tuple[Node, ...]"
    tie: float = 0.1


Node = Term | OneOf | AllOf | AnyOf | BestOf


def times(node: Node, factor: float) -> Node:
    """The same hits for so many times the score."""
    match node:
        case Term():
            return replace(node, weight=node.weight * factor)
        case OneOf():
            return replace(node, score=node.score * factor)
        case _:
            return replace(node, parts=tuple(times(part, factor) for part in node.parts))


@dataclass(frozen=True)
class HasValue:
    """A keyword field holds one of these values (OR)."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class InRange:
    """A number field lies between the bounds, both inclusive; None is open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class IsTrue:
    """A flag field is true."""

    field: str


Filter = HasValue | InRange | IsTrue


@dataclass(frozen=True)
class Bonus:
    """Adds a constant to hits that fulfil the filter; never decides what is a hit."""

    filter: Filter
    score: float
