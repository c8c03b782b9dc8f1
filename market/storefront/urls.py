from django.urls import path

from market.storefront import buying, views

app_name = "storefront"
urlpatterns = [
    path("", views.home, name="home"),
    path("p/<int:product_id>/", views.product),
    path("p/<int:product_id>-<slug:slug>/", views.product, name="product"),
    path("cart/", buying.cart, name="cart"),
    path("cart/put/", buying.put, name="put"),
    path("cart/change/", buying.change, name="change"),
    path("checkout/", buying.checkout, name="checkout"),
    path("orders/", buying.orders, name="orders"),
    path("orders/<str:number>/", buying.order, name="order"),
    path("orders/<str:number>/pay/", buying.pay, name="pay"),
    path("orders/<str:number>/accept/<str:order_number>/", buying.accept, name="accept"),
    path("pay/sandbox/<str:ref>/", buying.sandbox, name="sandbox"),
]
