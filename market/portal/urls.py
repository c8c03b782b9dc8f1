from django.urls import path

from market.portal import enquiries, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("onboarding/", views.onboarding, name="onboarding"),
    path("products/new/", views.new_product, name="new_product"),
    path("enquiries/", enquiries.enquiries, name="enquiries"),
    path("enquiries/<str:number>/", enquiries.enquiry, name="enquiry"),
    path("orders/<str:number>/", views.order, name="order"),
]
