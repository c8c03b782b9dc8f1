"""`/media/products/...`: pictures of products, from the disk, or from the bucket by a link signed for this moment."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.static import serve

from market.common.private_files import signed_redirect


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Nothing else of the store has an address here."""
    name = f"products/{path}"
    if ".." in path.split("/"):
        raise Http404
    if isinstance(default_storage, FileSystemStorage):
        return serve(request, name, document_root=str(settings.MEDIA_ROOT))
    return signed_redirect(name)
