"""A small machine of real processes for tests: web (granian), worker, Celery and beat, on a database of its own.

The test process never opens that database itself; what it needs there is done by `scenes.py` in a process of its own
that does it and ends. So the processes under test can be killed at any moment without anything shared dying with them.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests

ROOT = Path(__file__).resolve().parents[2]
GIVE_UP_SECONDS = 300  # far beyond what any machine needs: running out of it is a failure, not a measure
T = TypeVar("T")


@dataclass
class Machine:
    folder: Path
    variables: dict[str, str]
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    stage: "subprocess.Popen[str] | None" = None
    port: int = 0
    celery_starts: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        own = {"DATA_DIR": str(self.folder / "var"), "LOG_LEVEL": "INFO", "PYTHONUNBUFFERED": "1"}
        return kept | own | {"DJANGO_SETTINGS_MODULE": "market.config.settings"} | self.variables | more

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
        return done.stdout

    def do(self, scene: str, **arguments: Any) -> Any:
        """Plays a function of `tests.processes.scenes` on this machine's database; plain values in and out."""
        if self.stage is None:
            self.stage = self._open_stage()
        assert self.stage.stdin is not None
        assert self.stage.stdout is not None
        self.stage.stdin.write(json.dumps({"scene": scene, "arguments": arguments}) + "\n")
        self.stage.stdin.flush()
        said = json.loads(self.stage.stdout.readline() or '{"error": "the stage has ended"}')
        assert "error" not in said, f"{scene} {arguments}\n{said['error']}\n{self.log('stage')[-4000:]}"
        return said["answer"]

    def _open_stage(self) -> "subprocess.Popen[str]":
        with (self.folder / "stage.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.processes.scenes"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def start_web(self, **variables: str) -> None:
        self.port = self.port or free_port()
        web = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        web += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "market.config.wsgi:application"]
        self.start("web", [sys.executable, "-m", "granian", *web], **variables)
        self.wait_for("the web process", lambda: _answers(f"{self.address}/healthz"))

    def start_worker(self, **variables: str) -> None:
        self.start("worker", [sys.executable, "manage.py", "worker", "--pause", "0.2"], **variables)

    def start_celery(self, **variables: str) -> None:
        worker = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO", "--without-mingle"]
        worker += ["--hostname", f"{uuid.uuid4().hex[:12]}@%h"]  # a name in use by another machine stops the start
        self.celery_starts += 1
        self.start("celery", [sys.executable, "-m", "celery", "-A", "market.config.celery", *worker], **variables)
        self.wait_for("the Celery worker", lambda: self.log("celery").count(" ready.") == self.celery_starts)

    def start_beat(self, **variables: str) -> None:
        beat = ["beat", "--schedule", str(self.folder / "beat"), "--pidfile", "", "--loglevel", "INFO"]
        self.start("beat", [sys.executable, "-m", "celery", "-A", "market.config.celery", *beat], **variables)

    def start(self, name: str, command: list[str], **variables: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a kill takes the children too, as a machine that loses its power would
            )

    def kill(self, name: str) -> None:
        """kill -9, the process and its children."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        if self.stage is not None:
            self.stage.communicate()  # its input ends, and so does it
            self.stage = None
        for process in self.processes.values():
            process.terminate()
        for name in list(self.processes):
            try:
                self.processes[name].wait(timeout=5)
            except subprocess.TimeoutExpired:
                pass
            finally:
                self._clear_group(name)

    def _clear_group(self, name: str) -> None:
        process = self.processes.pop(name)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.wait()

    def has_reached(self, where: str) -> bool:
        """Whether a process says it holds still there (see dying_carrier.py)."""
        return (self.folder / "var" / f"reached-{where}").exists()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def wait_for(self, what: str, look: Callable[[], T | None]) -> T:
        """Looks again and again until there is something to see; says what the processes said when there never is."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while True:
            dead = [name for name, process in self.processes.items() if process.poll() is not None]
            seen = None if dead else look()
            if seen:
                return seen
            if dead or time.monotonic() > deadline:
                logs = "\n".join(f"--- {path.name}\n{path.read_text()[-4000:]}" for path in self.folder.glob("*.log"))
                raise AssertionError(f"{what}: not seen; ended: {dead}\n{logs}")
            time.sleep(0.1)


@contextmanager
def running(machine: Machine) -> Iterator[Machine]:
    try:
        yield machine
    finally:
        machine.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.RequestException:
        return False


def sqlite_machine(template: Path, folder: Path) -> Machine:
    shutil.copytree(template, folder / "var")
    return Machine(folder, {})
