"""What a tree looks for, as far as one can point at it in a title."""

from collections.abc import Iterator
from dataclasses import dataclass

from search.query.tree import AllOf, Node, OneOf, Term

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Marks:
    """Tokens of the `words` stream, names of several tokens in a row, sounds and initials of Han words."""

    tokens: frozenset[str] = frozenset()
    names: frozenset[Tokens] = frozenset()
    sounds: frozenset[str] = frozenset()


NO_MARKS = Marks()


def marks_of(tree: Node) -> Marks:
    found = list(_marks(tree))
    return Marks(
        frozenset(tokens[0] for kind, tokens in found if kind == "words"),
        frozenset(tokens for kind, tokens in found if kind == "name"),
        frozenset(tokens[0] for kind, tokens in found if kind == "py"),
    )


def _marks(node: Node) -> Iterator[tuple[str, Tokens]]:
    match node:
        case Term(field, token, _):
            yield field, (token,)
        case OneOf(field, tokens, _):
            yield from ((field, (token,)) for token in tokens)
        case AllOf(parts) if all(isinstance(part, Term) and part.field == "words" for part in parts):
            yield "name", tuple(part.token for part in parts if isinstance(part, Term))
        case _:
            for part in node.parts:
                yield from _marks(part)
