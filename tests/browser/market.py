"""A marketplace of its own for the browser tests: web and worker as `make run` starts them, on a free port, with the
sample season in a folder that is thrown away. BROWSER_DATA may name a data folder whose season is built already."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests.drawn import lay_pictures_in
from tests.migrated import migrated_file
from tests.sms import codes_in

START_SECONDS = 900  # says that it hangs, not how fast a machine is
PASSWORD = "sample-season-2026"


@dataclass
class Market:
    """`base` without a slash at its end."""

    base: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py prints, run against this marketplace."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=_environment(self.folder, self.base), capture_output=True, check=True
        )
        return done.stdout.decode()

    def code_sent_to(self, phone: str) -> str:
        """The code of the newest short message to this number; the embedded column keeps messages as files."""
        return [code for number, code in codes_in(self.folder / "var") if number.endswith(phone)][-1]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def build_season(folder: Path) -> Path:
    """A data folder to be copied: the season with its index, and nothing left for a worker to do."""
    (folder / "var").mkdir(parents=True)
    shutil.copy(migrated_file(), folder / "var/tuanji.sqlite3")
    lay_pictures_in(folder / "var/media")
    for command in (["season"], ["worker", "--once"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=_environment(folder, "http://127.0.0.1"),
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return folder / "var"


def start_market(season: Path) -> Market:
    folder = Path(tempfile.mkdtemp(prefix="tuanji-browser-"))
    shutil.copytree(season, folder / "var")
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=_environment(folder, base),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    market = Market(base, folder, process)
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C stops" not in log.read_text(encoding="utf-8", errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            market.stop()
            raise RuntimeError(f"the marketplace did not start:\n{said}")
        time.sleep(0.2)
    return market


def _environment(folder: Path, base: str) -> dict[str, str]:
    """The embedded column: nothing of the test process's own settings, nor of a developer's."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return environment | {"DATA_DIR": str(folder / "var"), "PUBLIC_URL": base}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
