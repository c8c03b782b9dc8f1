"""Files that only some may see: a view has decided that this visitor may; the store hands them out."""

from django.core.files.storage import FileSystemStorage, default_storage
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header

SIGNED_SECONDS = 1800  # half of what a signed link lasts, so that a kept redirect never leads to one that has run out
DAY = 24 * 3600


def private_file(name: str, content_type: str) -> HttpResponse:
    """A small file that never changes under its name, from the disk, or from the bucket by a link signed for this
    moment; kept by the visitor's own browser alone. Raises Http404."""
    if not isinstance(default_storage, FileSystemStorage):
        return signed_redirect(name)
    try:
        with default_storage.open(name) as file:
            answer = HttpResponse(file.read(), content_type=content_type)
    except FileNotFoundError as error:
        raise Http404 from error
    answer["Cache-Control"] = f"private, max-age={DAY}, immutable"
    return answer


def private_download(name: str, content_type: str, filename: str) -> HttpResponse:
    """A private file to be kept under a name of ours, never shown as a page: what somebody handed in might be one.
    Raises Http404."""
    disposition = content_disposition_header(True, filename) or ""
    if isinstance(default_storage, FileSystemStorage):
        answer = private_file(name, content_type)
        answer["Content-Disposition"] = disposition
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
    told = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
    link = HttpResponseRedirect(default_storage.url(name, parameters=told))  # type: ignore[call-arg]
    link["Cache-Control"] = f"private, max-age={SIGNED_SECONDS}"
    return link


def signed_redirect(name: str) -> HttpResponseRedirect:
    """To the bucket, which itself answers for a name it does not know."""
    answer = HttpResponseRedirect(default_storage.url(name))
    answer["Cache-Control"] = f"private, max-age={SIGNED_SECONDS}"
    return answer
