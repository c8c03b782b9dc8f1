from django.urls import path

from market.drivers import views

app_name = "drivers"
urlpatterns = [
    path("worker.js", views.worker, name="worker"),
    path("<str:secret>/", views.report, name="report"),
]
