"""The page itself, to be printed by the browser. The default: needs no system library."""

from typing import ClassVar

from django.templatetags.static import static
from django.utils.html import format_html

from orders.documents.renderers.base import Paper


class PrintPage:
    suffix: ClassVar[str] = "html"
    content_type: ClassVar[str] = "text/html; charset=utf-8"
    makes_files: ClassVar[bool] = False

    def render(self, paper: Paper) -> bytes:
        link = format_html('<link rel="stylesheet" href="{}">', static(paper.stylesheet))
        return paper.html.replace("</head>", f"{link}</head>", 1).encode()
