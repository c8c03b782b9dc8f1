from django.urls import path

from market.storefront import views

app_name = "storefront"
urlpatterns = [path("", views.home, name="home")]
