"""A plugin of `make test-services` (`-p tests.on_servers`): leaves to `make test` what a server beside it cannot
change. That is each test that asks for no row (`django_db`), unless it is marked `services`, and of a test done with
every search engine in turn the one with the embedded engine."""

import pytest

ROWS = {"db", "transactional_db", "django_db_setup"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = [item for item in items if _meets_a_server(item)]
    config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
    items[:] = chosen


def _meets_a_server(item: pytest.Item) -> bool:
    if item.get_closest_marker("services"):
        return True
    asks_for_rows = item.get_closest_marker("django_db") or ROWS & set(getattr(item, "fixturenames", ()))
    values = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return bool(asks_for_rows) and values.get("engine") != "tantivy"
