from django.urls import path

from market.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("onboarding/", views.onboarding, name="onboarding"),
    path("products/new/", views.new_product, name="new_product"),
    path("orders/<str:number>/", views.order, name="order"),
]
