"""All addresses of the product."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from market.accounts.views import confirm_code, verify_phone
from market.api.errors import unknown_path
from market.api.health import healthz, readyz
from market.api.root import api
from market.config.pictures import picture
from market.drivers.views import short
from market.storefront.trace import traced
from market.storefront.views import root
from orders.inbox.views import give_token, receive

# Superusers sign in where everybody does: the admin's own form knows no limit of tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "market.config.failures.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", api.urls),
    re_path(r"^api/v1/", unknown_path),
    path("hooks/<str:endpoint_id>/", receive, name="hook"),
    path("hooks/<str:endpoint_id>", receive),  # partners' programs trim addresses, and none follows a redirect
    path("hooks/<str:endpoint_id>/token", give_token, name="hook-token"),
    path("d/<str:secret>", short, name="driver"),
    path("t/<str:code>", traced, name="traced"),
    path("T/<str:code>", traced),  # capitals alone make a smaller QR code
    path("", root, name="root"),
    path("media/products/<path:path>", picture, name="picture"),
    path(settings.ADMIN_PATH, admin.site.urls),
    *i18n_patterns(
        path("accounts/phone/verify/", verify_phone, name="account_verify_phone"),
        path("accounts/login/code/confirm/", confirm_code, name="account_confirm_login_code"),
        path("accounts/", include("allauth.urls")),
        path("sell/", include("market.portal.urls")),
        path("ops/", include("market.office.urls")),
        path("services/", include("market.portal.service_urls")),
        path("d/", include("market.drivers.urls")),
        path("", include("market.storefront.urls")),
    ),
]
