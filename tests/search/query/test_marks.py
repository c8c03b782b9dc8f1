from search.query.marks import NO_MARKS, marks_of
from search.query.tree import AllOf, AnyOf, BestOf, OneOf, Term


def test_marks_of_a_tree() -> None:
    tree = AllOf(
        (
            BestOf((Term("words", "红枣"), Term("body", "红枣"), Term("py", "hongzao"), Term("bi", "红枣"))),
            AnyOf((AllOf((Term("words", "red"), Term("words", "date"))), OneOf("words", ("jujub", "juic"), 0.4))),
            OneOf("py", ("_hz",), 0.1),
        )
    )

    found = marks_of(tree)

    assert found.tokens == {"红枣", "jujub", "juic"}
    assert found.names == {("red", "date")}
    assert found.sounds == {"hongzao", "_hz"}


def test_marks_of_characters_are_none() -> None:
    assert marks_of(AnyOf((Term("u", "红"), Term("u", "枣")))) == NO_MARKS
