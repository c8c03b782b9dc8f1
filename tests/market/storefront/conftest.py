from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def embedded(settings: Settings, tmp_path: Path) -> None:
    """The index on disk, whatever engine the environment names: another one may ask the database itself."""
    settings.SEARCH_URL, settings.SEARCH_FALLBACK_URL = f"tantivy://{tmp_path}/search", ""
