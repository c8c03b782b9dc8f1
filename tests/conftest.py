"""The embedded column, in a scratch folder, unless the environment names real services."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="tuanji-test-"))
os.environ.setdefault("CACHE_URL", "locmem:")
