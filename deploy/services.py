"""Start, stop or show PostgreSQL, Redis, RabbitMQ, Elasticsearch, an S3 store and Stripe's stand-in, without Docker.

    python deploy/services.py start|stop|status [NAME...]

Data and logs are in `.services/` of this checkout; `.services/env` holds the variables that make Tuanji use them.
SERVICES_PORT_OFFSET moves all ports, so that two checkouts can run side by side. SERVICES_THROWAWAY=1: PostgreSQL waits
for no disk, and what it holds does not survive a machine that loses its power. Standard library only.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from servers import RECIPES, ROOT, MissingError, Server, base, environment_lines, folder, identity

START_SECONDS = 120
STOP_SECONDS = 40
ENV = ROOT / ".services" / "env"


def start(names: list[str]) -> int:
    """All or nothing is missing: every program is looked for before the first server is started."""
    servers, missing = [], []
    for name in names:
        try:
            servers.append(RECIPES[name]())
        except MissingError as error:
            missing.append(str(error))
    if missing:
        print("\n".join(missing), file=sys.stderr)
        return 1
    for server in servers:
        if running_pid(server.name) is None:
            if server.is_well():
                print(f"{server.name}: port {server.port} is taken by another program", file=sys.stderr)
                print("SERVICES_PORT_OFFSET=10 moves all ports", file=sys.stderr)
                return 1
            launch(server)
    ill = [server.name for server in servers if not wait_until_well(server)]
    if ill:
        return 1
    write_env()
    print(f"variables: {ENV}")
    return 0


def launch(server: Server) -> None:
    home = folder(server.name)
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            server.command,
            cwd=home,
            env=dict(os.environ) | server.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **identity(),  # type: ignore[call-overload]
        )
    pid_file(server.name).write_text(f"{process.pid} {birth(process.pid)} {server.stop_signal.value}")


def wait_until_well(server: Server) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_well():
        if running_pid(server.name) is None or time.monotonic() > deadline:
            log = base() / server.name / "log"
            tail = log.read_text(errors="replace").splitlines()[-15:]
            print(f"{server.name} did not start; the end of {log}:", *tail, sep="\n  ", file=sys.stderr)
            return False
        time.sleep(0.2)
    print(f"{server.name:14} 127.0.0.1:{server.port}", flush=True)
    return True


def write_env() -> None:
    """The key stays the same from start to start, or sealed secrets in the database could not be read any more."""
    ENV.parent.mkdir(exist_ok=True)
    key = ""
    if ENV.exists():
        key = next((line[11:] for line in ENV.read_text().splitlines() if line.startswith("SECRET_KEY=")), "")
    ENV.touch(mode=0o600)
    lines = environment_lines(key or secrets.token_urlsafe(64))
    ENV.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))


def stop(names: list[str]) -> int:
    """Only what this script started; a process id that has since gone to another program is left alone."""
    waiting = []
    for name in reversed(names):
        pid = running_pid(name)
        if pid is not None:
            os.kill(pid, int(pid_file(name).read_text().split()[2]))
            waiting.append((name, pid))
    failed = False
    for name, pid in waiting:
        deadline = time.monotonic() + STOP_SECONDS
        while running_pid(name) is not None and time.monotonic() < deadline:
            time.sleep(0.1)
        if running_pid(name) is not None:
            os.killpg(pid, signal.SIGKILL)
            print(f"{name}: did not stop when asked, killed", file=sys.stderr)
            failed = True
        pid_file(name).unlink(missing_ok=True)
        print(f"{name}: stopped")
    return 1 if failed else 0


def status(names: list[str]) -> int:
    down = 0
    for name in names:
        pid = running_pid(name)
        down += pid is None
        print(f"{name:14} {'stopped' if pid is None else f'process {pid}'}")
    return 1 if down else 0


def pid_file(name: str) -> Path:
    return base() / f"{name}.pid"


def running_pid(name: str) -> int | None:
    try:
        pid, born, _signal = pid_file(name).read_text().split()
    except (OSError, ValueError):
        return None
    return int(pid) if born == birth(int(pid)) else None


def birth(pid: int) -> str:
    """When the process began, in the kernel's ticks: together with the id it names one process for ever."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S607
        return "-".join(shown.stdout.split()) or "gone"
    return "gone" if fields[0] == "Z" else fields[19]


def main() -> int:
    commands = {"start": start, "stop": stop, "status": status}
    if len(sys.argv) < 2 or sys.argv[1] not in commands or not set(sys.argv[2:]) <= set(RECIPES):
        print(__doc__, file=sys.stderr)
        print("names:", *RECIPES, file=sys.stderr)
        return 2
    os.umask(0o022)
    return commands[sys.argv[1]](sys.argv[2:] or list(RECIPES))


if __name__ == "__main__":
    sys.exit(main())
