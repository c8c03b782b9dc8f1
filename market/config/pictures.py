"""`/media/products/...`: pictures of products, from the disk, or from the bucket by a link signed for this moment."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.static import serve

SECONDS = 1800  # half of what a signed link lasts, so that a kept redirect never leads to a link that has run out


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Nothing else of the store has an address here. The bucket itself answers for a name it does not know."""
    name = f"products/{path}"
    if ".." in path.split("/"):
        raise Http404
    if isinstance(default_storage, FileSystemStorage):
        return serve(request, name, document_root=str(settings.MEDIA_ROOT))
    answer = HttpResponseRedirect(default_storage.url(name))
    answer["Cache-Control"] = f"private, max-age={SECONDS}"
    return answer
