from django.urls import path

from market.drivers import files, views

app_name = "drivers"
urlpatterns = [
    path("worker.js", views.worker, name="worker"),
    path("sample.csv", files.sample, name="sample"),
    path("<str:secret>/", views.report, name="report"),
    path("<str:secret>/file/", files.file, name="file"),
]
