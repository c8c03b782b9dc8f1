from django.urls import path

from market.office import owners, views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("sellers/<str:number>/", views.seller, name="seller"),
    path("destinations/", views.destinations, name="destinations"),
    path("inbox/", views.inbox, name="inbox"),
    path("transfers/", views.transfers, name="transfers"),
    path("owners/", owners.owners, name="owners"),
    path("owners/<str:number>/", owners.owner, name="owner"),
    path("parked/", owners.parked, name="parked"),
]
