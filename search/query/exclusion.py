"""The hits of a tree without their scores: what a later pass leaves out, in as few clauses as will do."""

from collections.abc import Iterable

from search.query.tree import AllOf, AnyOf, BestOf, Node, OneOf, Term


def matching(node: Node) -> Node:
    """Matches what `node` matches, for a score of nothing; alternatives in one stream become one set of tokens."""
    match node:
        case Term(field, token, _):
            return OneOf(field, (token,), 0.0)
        case OneOf(field, tokens, _):
            return OneOf(field, tokens, 0.0)
        case AllOf(parts):
            plain = tuple(dict.fromkeys(matching(part) for part in parts))
            return plain[0] if len(plain) == 1 else AllOf(plain)
        case AnyOf(parts, at_least) if at_least > 1:
            return AnyOf(tuple(matching(part) for part in parts), at_least)
        case AnyOf(parts, _) | BestOf(parts, _):
            return _either(matching(part) for part in parts)


def _either(parts: Iterable[Node]) -> Node:
    tokens: dict[str, dict[str, None]] = {}
    others: dict[Node, None] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, AnyOf) and part.at_least == 1 else (part,):
            if isinstance(inner, OneOf):
                tokens.setdefault(inner.field, {}).update(dict.fromkeys(inner.tokens))
            else:
                others[inner] = None
    found: list[Node] = [OneOf(field, tuple(values), 0.0) for field, values in tokens.items()]
    found.extend(others)
    return found[0] if len(found) == 1 else AnyOf(tuple(found))


def leaves(node: Node) -> int:
    """Clauses an engine counts; a set of tokens is one."""
    return 1 if isinstance(node, (Term, OneOf)) else sum(leaves(part) for part in node.parts)
