"""Web and worker together, for one machine: prepares the database, starts both, stops both."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.config.season.signins import PASSWORD, SIGN_INS
from market.enterprises.models import Enterprise

START_SECONDS = 60


class Command(BaseCommand):
    help = "Migrate, build the sample season when the marketplace is empty, then run web and worker until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-season", action="store_true", help="leave an empty marketplace empty")

    def handle(self, *args: Any, **options: Any) -> None:
        address = f"http://{options['host']}:{options['port']}"
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        if not options["no_season"] and not Enterprise.objects.exists():
            self.stdout.write("building the sample season")
            call_command("season", stdout=self.stdout)
        environment = dict(os.environ, DJANGO_SETTINGS_MODULE="market.config.settings")
        environment.setdefault("PUBLIC_URL", address)
        processes = [self._start(command, environment) for command in self._commands(options)]
        try:
            self._announce(address, processes)
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
            raise CommandError("web or worker ended by itself; both are stopped (see the lines above)")
        except KeyboardInterrupt:
            self.stdout.write("\nstopping web and worker")
        finally:
            _stop(processes)

    def _commands(self, options: dict[str, Any]) -> list[list[str]]:
        web = ["-m", "market.config.web", "--host", options["host"], "--port", str(options["port"])]
        return [
            [sys.executable, *web],
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"],
        ]

    def _start(self, command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        # A session of its own: Ctrl-C reaches this process only, which then stops both in order.
        return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603

    def _announce(self, address: str, processes: "list[subprocess.Popen[bytes]]") -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{address}/healthz"):
            if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
                raise CommandError(f"the web process did not answer at {address}")
            time.sleep(0.2)
        self.stdout.write(f"\nTuanji 团集 runs at {address}/\n")
        for sign_in in SIGN_INS:
            self.stdout.write(f"  {sign_in.part:8} {address}{sign_in.path:14} {sign_in.email}  {PASSWORD}")
        self.stdout.write("Ctrl-C stops web and worker.")
        self.stdout.flush()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _stop(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
