"""All addresses of the product."""

from django.urls import URLPattern, URLResolver, path

from orders.inbox.views import receive

urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/<str:endpoint_id>/", receive, name="hook"),
]
