"""The product's settings, with a carrier and a receiver that hold still where the test wants to kill."""

from market.config.settings import *  # noqa: F403
from market.config.settings import MARKET_CARRIERS, MARKET_EVENT_RECEIVERS

MARKET_CARRIERS = MARKET_CARRIERS | {"standard": "tests.processes.dying_carrier"}
MARKET_EVENT_RECEIVERS = MARKET_EVENT_RECEIVERS | {
    "product.changed": ["tests.processes.dying_receivers.index_and_hold_still"]
}
