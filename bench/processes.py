"""Servers under measurement and what they cost: CPU from the kernel's scheduler (nanoseconds), memory as PSS."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

PROC = Path("/proc")
PRODUCT, FLOOR = "", "bench.floor_wsgi:application"


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    parents: dict[int, int] = {}
    for entry in PROC.glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(fields[1])
    found = [pid]
    for known in found:
        found.extend(child for child, parent in parents.items() if parent == known)
    return found


def cpu_ms(pids: Iterable[int]) -> float:
    """Time on a CPU of all threads of these processes so far."""
    total = 0
    for pid in pids:
        for entry in PROC.glob(f"{pid}/task/*/schedstat"):
            try:
                total += int(entry.read_text().split()[0])
            except OSError:
                continue
    return total / 1e6


def pss_mib(pids: Iterable[int]) -> float:
    """Proportional share of memory: pages that several processes share are counted once between them."""
    total = 0
    for pid in pids:
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


class Server:
    """A WSGI application behind granian on 127.0.0.1, in a process tree of its own."""

    def __init__(self, application: str, environment: Mapping[str, str], *, workers: int = 1, threads: int = 1) -> None:
        """`application`: "" is the product as `market.config.web` serves it."""
        self.port = free_port()
        common = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", str(workers)]
        command = ["-m", "market.config.web", *common, "--threads", str(threads)]
        if application:
            command = ["-m", "granian", *common, "--blocking-threads", str(threads), "--interface", "wsgi"]
            command += ["--no-ws", "--log-level", "warning", application]
        self.process = subprocess.Popen([sys.executable, *command], env=dict(environment))
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"the server on port {self.port} did not start")

    @property
    def pids(self) -> list[int]:
        return descendants(self.process.pid)

    def cold_cpu_ms(self) -> float:
        """CPU from the start to the first answer."""
        return cpu_ms(self.pids)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Caller:
    """One kept-alive connection, as a reverse proxy holds it."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        answer = self._answer(method, path, body, headers)
        return answer.status, answer.read()

    def _answer(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None
    ) -> http.client.HTTPResponse:
        """Asked again on a new connection when the server had closed this one: it waits for nobody for minutes."""
        for _again in range(2):
            self.connection.request(method, path, body or None, dict(headers or {}))
            try:
                return self.connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError):
                self.connection.close()
        raise ConnectionError(f"{method} {path}: the server closes each connection unanswered")


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_environment(**extra: str) -> dict[str, str]:
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": root, **extra}
