from django.urls import path

from market.office import (
    bank_row,
    destinations,
    home,
    inbox,
    orders,
    owners,
    partners,
    posts,
    refunds,
    sellers,
    transfers,
)

app_name = "office"
urlpatterns = [
    path("", home.home, name="home"),
    path("admissions/", sellers.admissions, name="admissions"),
    path("sellers/", sellers.sellers, name="sellers"),
    path("sellers/<str:number>/", sellers.seller, name="seller"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("destinations/", destinations.destinations, name="destinations"),
    path("decisions/", destinations.decisions, name="decisions"),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/statement/", transfers.statement, name="statement"),
    path("transfers/<int:pk>/", bank_row.bank_row, name="bank_row"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<int:pk>/", refunds.refund, name="refund"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:pk>/", inbox.message, name="message"),
    path("partners/", partners.partners, name="partners"),
    path("partners/<str:endpoint_id>/", partners.partner, name="partner"),
    path("owners/", owners.owners, name="owners"),
    path("owners/<str:number>/", owners.owner, name="owner"),
    path("parked/", owners.parked, name="parked"),
    path("posts/", posts.posts, name="posts"),
]
