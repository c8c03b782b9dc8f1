"""The product's addresses and the floors beside them."""

from bench.floors import urlpatterns as floors
from market.config.urls import urlpatterns as product

urlpatterns = [*floors, *product]
