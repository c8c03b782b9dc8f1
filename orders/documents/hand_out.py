"""Papers and their files as answers; the view has decided that this visitor may read them."""

from django.http import Http404, HttpResponse

from market.common.private_files import private_download
from orders.documents.models import AuthorityPaper, Document, Rendering, TaxInvoice
from orders.documents.paper import paper_of
from orders.documents.renderers.print_page import PrintPage


def show_paper(document: Document, *, back: str) -> HttpResponse:
    """The paper on the screen, to be read and printed, with a way back. It is always the page, whatever makes files."""
    page = PrintPage()
    answer = HttpResponse(page.render(paper_of(document, back=back)), content_type=page.content_type)
    answer["Cache-Control"] = "private, no-store"  # tomorrow it may have been superseded
    return answer


def hand_out_paper(document: Document) -> HttpResponse:
    """The file the worker has made. Raises Http404 while there is none."""
    rendering = document.rendering
    if rendering.state != Rendering.State.DONE:
        raise Http404
    suffix = rendering.file.rpartition(".")[2]
    return private_download(rendering.file, rendering.content_type, f"{document.number}.{suffix}")


def hand_out_invoice(invoice: TaxInvoice) -> HttpResponse:
    """The file as the seller handed it in. Raises Http404."""
    return private_download(invoice.file, invoice.content_type, f"{invoice.number}.{invoice.file.rpartition('.')[2]}")


def hand_out_scan(paper: AuthorityPaper) -> HttpResponse:
    """The file as the seller handed it in. Raises Http404."""
    return private_download(paper.file, paper.content_type, f"{paper.kind}-{paper.pk}.{paper.file.rpartition('.')[2]}")
