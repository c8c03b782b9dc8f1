"""Public services for enterprises (`/services/`): the catalogue for everybody, applications for the staff."""

from django.urls import path

from market.portal.views import applications, services

app_name = "services"
urlpatterns = [
    path("", services.services, name="services"),
    path("applications/", services.applications, name="applications"),
    path("applications/<str:number>/", applications.application, name="application"),
    path("applications/<str:number>/section/<slug:code>/", applications.section, name="section"),
    path("applications/<str:number>/papers/", applications.papers, name="papers"),
    path("applications/<str:number>/papers/<slug:code>/", applications.paper, name="paper"),
    path("applications/<str:number>/files/<int:paper_id>/", applications.paper_file, name="paper_file"),
    path("applications/<str:number>/check/", applications.check, name="check"),
    path("applications/<str:number>/withdraw/", applications.take_back, name="withdraw"),
    path("<slug:slug>/", services.service, name="service"),
    path("<slug:slug>/start/", services.start, name="start"),
]
