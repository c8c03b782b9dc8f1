from hypothesis import given
from hypothesis import strategies as st

from search.query.exclusion import leaves, matching
from search.query.tree import AllOf, AnyOf, BestOf, Node, OneOf, Term

_TOKENS = st.sampled_from("abcd")
_FIELDS = st.sampled_from(["words", "bi"])
_LEAVES = st.one_of(
    st.builds(Term, _FIELDS, _TOKENS, st.just(2.0)),
    st.builds(OneOf, _FIELDS, st.lists(_TOKENS, min_size=1, max_size=3).map(tuple), st.just(0.3)),
)


def _inner(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(children, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(AllOf, parts),
        st.builds(BestOf, parts),
        st.builds(AnyOf, parts, st.integers(min_value=1, max_value=2)),
    )


_TREES: st.SearchStrategy[Node] = st.recursive(_LEAVES, _inner, max_leaves=12)
_DOCUMENTS = st.fixed_dictionaries({"words": st.frozensets(_TOKENS), "bi": st.frozensets(_TOKENS)})


def is_hit(node: Node, document: dict[str, frozenset[str]]) -> bool:
    match node:
        case Term(field, token, _):
            return token in document[field]
        case OneOf(field, tokens, _):
            return not document[field].isdisjoint(tokens)
        case AllOf(parts):
            return all(is_hit(part, document) for part in parts)
        case AnyOf(parts, at_least):
            return sum(is_hit(part, document) for part in parts) >= at_least
        case BestOf(parts, _):
            return any(is_hit(part, document) for part in parts)


@given(_TREES, _DOCUMENTS)
def test_matching_hits_the_same_documents_with_no_more_leaves(tree: Node, document: dict[str, frozenset[str]]) -> None:
    plain = matching(tree)

    assert is_hit(plain, document) == is_hit(tree, document)
    assert leaves(plain) <= leaves(tree)


def test_matching_alternatives_of_a_stream_become_one_leaf() -> None:
    tree = BestOf(
        (Term("words", "a", 3.0), BestOf((Term("words", "b"), Term("bi", "ab"))), OneOf("words", ("c",), 1.0))
    )

    assert matching(tree) == AnyOf((OneOf("words", ("a", "b", "c"), 0.0), OneOf("bi", ("ab",), 0.0)))
