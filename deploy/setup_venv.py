"""Make `.venv` with Python alone, also where the system lacks `ensurepip`, and install the locked packages into it.

Every package is checked against the hash in the lock; pip itself, where it must be fetched, against the hash below.
Standard library only: this runs before anything is installed.
"""

import configparser
import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".venv"
LOCK = ROOT / "deploy" / "requirements-dev.lock"
READY = TARGET / ".ready"
PIP_VERSION = "26.3"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
INDEX = "https://pypi.org/simple"


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit("Tuanji needs Python 3.11 or newer")
    python = TARGET / "bin" / "python"
    if not python.exists():
        print(f"making {TARGET}")
        venv.create(TARGET, with_pip=False, symlinks=True)
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)]
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch_pip(Path(folder))
        # A wheel is an archive that Python can run from: no pip has to be installed first.
        print("installing the locked packages")
        subprocess.run([str(python), f"{wheel}/pip", *install], check=True)
    READY.touch()


def fetch_pip(folder: Path) -> Path:
    """The pip wheel, checked; the index is the one pip is configured to use (PIP_INDEX_URL, pip.conf), or PyPI."""
    name = f"pip-{PIP_VERSION}-py3-none-any.whl"
    with urllib.request.urlopen(f"{index_url()}/pip/", timeout=60) as page:
        base, html = page.geturl(), page.read().decode()
    links = [part.split('"', 1)[0] for part in html.split('href="')[1:] if name in part.split('"', 1)[0]]
    links = [link for link in links if ".metadata" not in link]
    if not links:
        sys.exit(f"{name} is not in the package index")
    with urllib.request.urlopen(urllib.parse.urljoin(base, links[0]), timeout=60) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        sys.exit(f"{name} from the package index is not the file we know: hash differs")
    wheel = folder / name
    wheel.write_bytes(content)
    return wheel


def index_url() -> str:
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"].rstrip("/")
    for path in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf", Path("/etc/pip.conf")):
        config = configparser.ConfigParser(interpolation=None)
        if path.exists() and config.read(path) and config.has_option("global", "index-url"):
            return config.get("global", "index-url").rstrip("/")
    return INDEX


if __name__ == "__main__":
    main()
