"""All addresses of the product."""

from django.urls import URLPattern, URLResolver, path, re_path

from market.api.errors import unknown_path
from market.api.health import healthz, readyz
from market.api.root import api
from orders.inbox.views import receive

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", api.urls),
    re_path(r"^api/v1/", unknown_path),
    path("hooks/<str:endpoint_id>/", receive, name="hook"),
]
