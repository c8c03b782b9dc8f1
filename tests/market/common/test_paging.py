import pytest

from market.common.paging import page_links


def numbers(page: int, pages: int) -> list[int]:
    return [link.number for link in page_links(page, pages, lambda number: f"?page={number}")]


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, []),
        (1, 0, []),
        (1, 3, [1, 2, 3]),
        (5, 9, [1, 0, 4, 5, 6, 0, 9]),
        (9, 9, [1, 0, 8, 9]),
        (1, 400, [1, 2, 0, 400]),
    ],
)
def test_first_last_and_neighbours_are_shown(page: int, pages: int, shown: list[int]) -> None:
    assert numbers(page, pages) == shown


def test_the_page_one_is_on_is_marked_and_gaps_lead_nowhere() -> None:
    links = page_links(5, 9, lambda number: f"?page={number}")

    assert [link.number for link in links if link.is_current] == [5]
    assert {link.url for link in links if not link.number} == {""}
