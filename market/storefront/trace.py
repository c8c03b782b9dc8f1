"""The page behind the QR code of a label: what is known of a lot. No sign-in, no script, no language in its address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from catalog.trace.public import find_lot, public_lot
from market.common.clock import read_clock
from market.common.languages import HTML_LANG, normal_language
from orders.recalls.models import Recall


@require_safe
def traced(request: HttpRequest, code: str) -> HttpResponse:
    """In the language that `lang` asks for, else that of cookie or browser. An unknown code is said to be one (404)."""
    language = normal_language(request.GET.get("lang") or get_language() or "")
    lot = find_lot(code[:40])
    with override(language):
        context: dict[str, object] = {"code": code[:40], "asks_language": True}
        if lot is not None:
            context |= {"known": public_lot(lot, read_clock()), "lot": lot, "recall": _recall_of(lot.pk)}
        answer = render(request, "storefront/traced.html", context, status=200 if lot else 404)
    answer["Content-Language"] = HTML_LANG[language]
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    patch_cache_control(answer, private=True, max_age=0)
    return answer


def _recall_of(lot_id: int) -> Recall | None:
    return Recall.objects.filter(lot=lot_id).first()
