from django.urls import path

from market.storefront import access, cart, checkout, enquiries, listing, paying, purchases, reviews, suggesting, views

app_name = "storefront"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", listing.search, name="search"),
    path("search/suggest/", suggesting.suggestions, name="suggest"),
    path("c/<slug:slug>/", listing.category, name="category"),
    path("p/<int:product_id>/", views.product),
    path("p/<int:product_id>/quote/", views.quote, name="quote"),
    path("p/<int:product_id>-<slug:slug>/", views.product, name="product"),
    path("p/<int:product_id>-<slug:slug>/reviews/", reviews.about, name="reviews"),
    path("s/<str:number>/", views.seller, name="seller"),
    path("cart/", cart.cart, name="cart"),
    path("cart/put/", cart.put, name="put"),
    path("cart/count/", cart.cart_count, name="cart_count"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("account/", purchases.account, name="account"),
    path("orders/", purchases.orders, name="orders"),
    path("orders/find/", access.find_order, name="find_order"),
    path("orders/<str:number>/", purchases.order, name="order"),
    path("orders/<str:number>/pay/", paying.pay, name="pay"),
    path("orders/<str:number>/accept/<str:order_number>/", purchases.accept, name="accept"),
    path("orders/<str:number>/cancel/<str:order_number>/", purchases.cancel, name="cancel"),
    path("orders/<str:number>/review/<int:product_id>/", reviews.review, name="review"),
    path("orders/<str:number>/review/<int:product_id>/withdraw/", reviews.withdraw, name="review_withdraw"),
    path("enquiry/", enquiries.enquiry, name="enquiry"),
    path("enquiry/put/", enquiries.put, name="enquiry_put"),
    path("enquiry/remove/", enquiries.remove, name="enquiry_remove"),
    path("enquiries/", enquiries.enquiries, name="enquiries"),
    path("enquiries/<str:number>/", enquiries.detail, name="enquiry_detail"),
    path("enquiries/<str:number>/close/<str:part_number>/", enquiries.close, name="enquiry_close"),
    path("pay/sandbox/<str:ref>/", paying.sandbox, name="sandbox"),
    path("help/", views.help_page, name="help"),
]
