"""Where tests work. A plugin (`-p tests.places`), as pytest-django reads the settings before any conftest is there:
set later, they would name a developer's own data."""

import os
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="tuanji-test-"))
STATIC = FOLDER / "static"
STATIC.mkdir()  # empty: each test client reads what is in it
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("CACHE_URL", "locmem:")
os.environ.setdefault("PUBLIC_URL", "http://testserver")
