"""What makes a file of a paper: the protocol behind MARKET_DOCUMENT_RENDERER. Every renderer, ours or a user's, passes
tests/orders/documents/renderers/contract.py."""

from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True)
class Paper:
    """`html`: a whole page, which names no address but `stylesheet`, and that one not yet; `css`: what stands there,
    for whoever fetches nothing. `stylesheet` is its name among the static files."""

    html: str
    css: str
    stylesheet: str


class CannotRender(Exception):
    """`why` in a few words. The paper as it stands cannot be made truthfully: a sign nobody has a font for, an address
    it would fetch. To try again changes nothing until somebody has mended the cause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DocumentRenderer(Protocol):
    """Made once of a process, without arguments, by the worker and by pages.

    `suffix` and `content_type` are those of what `render` returns. `makes_files`: the worker renders each document once
    and keeps it; without, pages show what `render` returns whenever they are asked."""

    suffix: ClassVar[str]
    content_type: ClassVar[str]
    makes_files: ClassVar[bool]

    def render(self, paper: Paper) -> bytes:
        """All of the paper's words, or CannotRender: what a renderer leaves out nobody notices. Asks the network for
        nothing, writes nothing, and gives the same words for the same paper. Never called inside a transaction."""
