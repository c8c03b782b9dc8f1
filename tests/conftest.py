"""Every test process works in a folder of its own, thrown away at the end; nothing here touches a developer's data."""

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
from django.utils import translation
from pytest_django import Settings

_FOLDER = Path(tempfile.mkdtemp(prefix="tuanji-test-"))
os.environ["DATA_DIR"] = str(_FOLDER)
os.environ.setdefault("CACHE_URL", "locmem:")
os.environ.setdefault("PUBLIC_URL", "http://testserver")

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any_machine")


def pytest_unconfigure() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_places(settings: Settings, tmp_path: Path) -> None:
    """Mail in memory, files and the search index in a folder of this test, plain static files."""
    translation.activate(settings.LANGUAGE_CODE)  # a request of the test before may have left another language
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media"), "base_url": "/media/"},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from search.products.words import forget_words  # settings are read when it is imported

    forget_words()
    settings.MARKET_SEARCH_LOG = False
    if settings.SEARCH_URL.startswith("tantivy:"):
        settings.SEARCH_URL = f"tantivy://{tmp_path}/search"
