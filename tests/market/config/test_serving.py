"""What the web server is before it forks: everything loaded, nothing open. In a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

LOADED = """
import gc, json, os, sys
gc.disable()
from market.config.serving import load
load()
from django.db import connections
from search.products import words
found = {
    "threads": len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 1,
    "open": [one.alias for one in connections.all(initialized_only=True) if one.connection is not None],
    "collects": gc.isenabled(),
    "is_frozen": gc.get_freeze_count() > 100_000,
    "large": sorted({"pypinyin", "openpyxl", "boto3", "stripe", "celery", "elasticsearch"} & set(sys.modules)),
}
print(json.dumps(found))
"""


def test_loaded_and_ready_to_fork_even_without_a_database(tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[3])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "DATA_DIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "market.config.settings"
    run = [sys.executable, "-c", LOADED]

    subprocess.run(run, cwd=tmp_path, env=environment, check=True, capture_output=True)  # tables are compiled once
    loaded = subprocess.run(run, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)

    assert json.loads(loaded.stdout) == {
        "threads": 1,
        "open": [],
        "collects": True,
        "is_frozen": True,
        "large": [],
    }
