"""What every renderer of papers promises; `tests/orders/documents/renderers` holds ours to it."""

import socket

import pytest

from orders.documents.renderers.base import DocumentRenderer, Paper

CHINESE = "送货单 净重 若羌灰枣 12.5 公斤"
RUSSIAN = "Упаковочный лист, вес нетто: 12,5 кг; щёки, подъезд"
KAZAKH = "Қазақстан Республикасы, жүк құжаты: әңғіқөұүһ"
STYLE = "body{font-family:'Noto Sans CJK SC','DejaVu Sans',sans-serif}"


def paper_saying(*words: str, style: str = STYLE) -> Paper:
    body = "".join(f"<p>{word}</p>" for word in words)
    html = (
        f'<!DOCTYPE html><html lang="kk"><head><meta charset="utf-8"><title>t</title></head><body>{body}</body></html>'
    )
    return Paper(html, style, "documents/paper.css")


def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What anybody tries to reach from now on; it fails."""
    tried: list[object] = []

    def refuse(_socket: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def check_renderer(renderer: DocumentRenderer, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Returns the file with the three languages in it, for the caller who can read it."""
    tried = no_network(monkeypatch)
    paper = paper_saying(CHINESE, RUSSIAN, KAZAKH)

    made, again = renderer.render(paper), renderer.render(paper)

    assert (len(made) > 200, len(again) > 200) == (True, True)
    assert renderer.suffix.isalnum()
    assert "/" in renderer.content_type
    assert isinstance(renderer.makes_files, bool)
    assert tried == []
    return made
