"""The product's settings, with a carrier or a receiver that holds still where the test wants to kill (DIE)."""

import os

from market.config.settings import *  # noqa: F403
from market.config.settings import MARKET_CARRIERS, MARKET_EVENT_RECEIVERS

if os.environ["DIE"] == "indexed":
    MARKET_EVENT_RECEIVERS = MARKET_EVENT_RECEIVERS | {
        "product.changed": ["tests.processes.dying_receivers.index_and_hold_still"]
    }
else:
    MARKET_CARRIERS = MARKET_CARRIERS | {"standard": "tests.processes.dying_carrier"}
if os.environ["DIE"] == "after":
    MARKET_WAKE = "tests.processes.dying_carrier.hold_after"
