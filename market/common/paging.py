"""Links to the pages of a list: first, last, and what stands around the page one is on."""

from collections.abc import Callable
from dataclasses import dataclass

AROUND = 1


@dataclass(frozen=True)
class PageLink:
    """`number` 0 is a gap between links."""

    number: int
    url: str = ""
    is_current: bool = False


def page_links(page: int, pages: int, url: Callable[[int], str]) -> list[PageLink]:
    """Nothing for a single page. `url` gives the address of a page by its number."""
    if pages < 2:
        return []
    shown = sorted({1, pages, *range(max(1, page - AROUND), min(pages, page + AROUND) + 1)})
    links = []
    before = 0
    for number in shown:
        if number - before > 1:
            links.append(PageLink(0))
        links.append(PageLink(number, url(number), number == page))
        before = number
    return links
