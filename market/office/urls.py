from django.urls import path

from market.office import destinations, home, inbox, orders, owners, posts, refunds, search_pages, sellers, transfers

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
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<int:pk>/", refunds.refund, name="refund"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("owners/", owners.owners, name="owners"),
    path("owners/<str:number>/", owners.owner, name="owner"),
    path("parked/", owners.parked, name="parked"),
    path("posts/", posts.posts, name="posts"),
    path("search/", search_pages.report, name="search_report"),
    path("search/concepts/", search_pages.concepts, name="search_concepts"),
    path("search/concepts/new/", search_pages.concept, name="search_concept_new"),
    path("search/concepts/<int:pk>/", search_pages.concept, name="search_concept"),
    path("search/choices/", search_pages.choices, name="search_choices"),
    path("search/engine/", search_pages.engine, name="search_engine"),
]
