"""How each server of the right-hand column is prepared, started and asked whether it is well. Used by services.py.

Standard library only. Everything lives below one folder and listens on 127.0.0.1, on ports of its own, so a server that
already runs on this machine is never touched. PostgreSQL and Elasticsearch refuse to run as root: all of them then run
as `nobody`.
"""

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OFFSET = int(os.environ.get("SERVICES_PORT_OFFSET", "0"))
POSTGRES, REDIS, ELASTICSEARCH, ELASTICSEARCH_NODES, S3, STRIPE = (
    port + OFFSET for port in (5440, 6390, 9250, 9251, 9260, 12111)
)
RABBITMQ, RABBITMQ_NODES, EPMD = (port + OFFSET for port in (5690, 5691, 5692))

ELASTICSEARCH_VERSION = "8.19.21"
ELASTICSEARCH_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH_VERSION}:zip"
STRIPE_MOCK = "github.com/stripe/stripe-mock@v0.203.0"
PASSWORD = "tuanji-local"  # noqa: S105 - for servers that only this machine can reach
S3_KEY, S3_SECRET, BUCKET = "tuanji-local-key", "tuanji-local-secret", "tuanji"


class MissingError(Exception):
    """A program that is not there, with the command that installs it."""


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    command: list[str]
    is_well: Callable[[], bool]
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM


def owner() -> "pwd.struct_passwd | None":
    """Who runs the servers when root starts them."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def base() -> Path:
    """`.services` of this checkout, or, where root's checkout is closed to others, a folder they can reach."""
    user, here = owner(), ROOT / ".services"
    if user is None or all(parent.stat().st_mode & 0o001 for parent in here.parents):
        return here
    return Path("/var/tmp") / ("tuanji-services-" + ROOT.as_posix().strip("/").replace("/", "-"))  # noqa: S108


def folder(name: str) -> Path:
    path = base() / name
    path.mkdir(parents=True, exist_ok=True)
    user = owner()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def identity() -> dict[str, object]:
    """Arguments of subprocess that leave root behind."""
    user = owner()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def find(program: str, install: str, *places: str) -> str:
    found = shutil.which(program, path=os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))
    if found is None:
        raise MissingError(f"{program} is missing: {install}")
    return found


def answers(url: str) -> bool:
    """Any HTTP answer will do, a refusal too."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def says(port: int, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            wire.sendall(question)
            return wire.recv(64).startswith(answer)
    except OSError:
        return False


def postgres() -> Server:
    places = sorted((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    initdb = find("initdb", "apt-get install postgresql", *places)
    home, binaries = folder("postgres"), Path(initdb).resolve().parent
    data = home / "data"
    if not (data / "PG_VERSION").exists():
        password = home / "superuser"
        password.touch(mode=0o600)
        user = owner()
        if user is not None:
            os.chown(password, user.pw_uid, user.pw_gid)
        password.write_text(secrets.token_urlsafe(24))  # gone a second later: nobody signs in as the superuser
        make = [initdb, "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}"]
        _run([*make, "-E", "UTF8", "--locale=C.UTF-8"], home)
        password.unlink()
        role = f"CREATE ROLE tuanji LOGIN CREATEDB PASSWORD '{PASSWORD}';\nCREATE DATABASE tuanji OWNER tuanji;\n"
        _run([str(binaries / "postgres"), "--single", "-D", str(data), "postgres"], home, role)
    options = {"listen_addresses": "127.0.0.1", "port": POSTGRES, "unix_socket_directories": "", "max_connections": 200}
    if os.environ.get("SERVICES_THROWAWAY"):
        options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    command = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(POSTGRES)]
    # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
    return Server(
        "postgres", POSTGRES, command, lambda: subprocess.run(ready).returncode == 0, stop_signal=signal.SIGINT
    )


def redis() -> Server:
    program = find("redis-server", "apt-get install redis-server")
    command = [program, "--bind", "127.0.0.1", "--port", str(REDIS), "--save", "", "--dir", str(folder("redis"))]
    return Server("redis", REDIS, command, lambda: says(REDIS, b"PING\r\n", b"+PONG"))


def epmd() -> Server:
    """Erlang's name server: RabbitMQ would otherwise leave one running that nobody stops."""
    program = find("epmd", "apt-get install rabbitmq-server")
    folder("epmd")
    command = [program, "-port", str(EPMD), "-address", "127.0.0.1"]
    return Server("epmd", EPMD, command, lambda: says(EPMD, b"\x00\x01n", EPMD.to_bytes(4, "big")))


def rabbitmq() -> Server:
    # The program in /usr/sbin insists on its own user; the one below runs as anybody.
    program = find("rabbitmq-server", "apt-get install rabbitmq-server", "/usr/lib/rabbitmq/bin")
    home = folder("rabbitmq")
    settings = home / "rabbitmq.conf"
    settings.write_text(f"listeners.tcp.local = 127.0.0.1:{RABBITMQ}\n")
    plugins = home / "enabled_plugins"
    plugins.write_text("[].\n")
    environment = {
        "HOME": str(home),
        "ERL_EPMD_PORT": str(EPMD),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"tuanji-{RABBITMQ}@localhost",
        "RABBITMQ_DIST_PORT": str(RABBITMQ_NODES),
        "RABBITMQ_CONFIG_FILE": str(settings),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "logs"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    # A broker that is up answers a greeting of the wrong version by naming the right one, or opens the talk.
    hello = lambda: says(RABBITMQ, b"AMQP\x00\x00\x09\x01", b"\x01\x00\x00")  # noqa: E731
    return Server("rabbitmq", RABBITMQ, [program], hello, environment)


def elasticsearch() -> Server:
    java = Path(find("java", "apt-get install openjdk-17-jre-headless")).resolve()
    home = folder("elasticsearch")
    unpacked = home / f"elasticsearch-{ELASTICSEARCH_VERSION}"
    if not (unpacked / "whole").exists():
        _fetch_elasticsearch(home, unpacked)
    config = folder("elasticsearch/config")
    for name in ("jvm.options", "log4j2.properties"):
        shutil.copy(unpacked / "config" / name, config / name)
    # One disk full to 90 % would otherwise stop every write, and tests clear their indexes by prefix.
    lines = {
        "cluster.name": f"tuanji-{ELASTICSEARCH}",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": ELASTICSEARCH,
        "transport.port": ELASTICSEARCH_NODES,
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "action.destructive_requires_name": "false",
        "path.data": folder("elasticsearch/data"),
        "path.logs": folder("elasticsearch/logs"),
    }
    (config / "elasticsearch.yml").write_text("".join(f"{name}: {value}\n" for name, value in lines.items()))
    environment = {
        "HOME": str(home),
        "ES_PATH_CONF": str(config),
        "ES_JAVA_HOME": str(java.parent.parent),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_TMPDIR": str(folder("elasticsearch/tmp")),
    }
    return Server("elasticsearch", ELASTICSEARCH, [str(unpacked / "bin/elasticsearch")], _cluster_is_well, environment)


def _cluster_is_well() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{ELASTICSEARCH}/_cluster/health", timeout=5) as answer:
            return json.load(answer)["status"] in ("green", "yellow")
    except (OSError, ValueError, KeyError):
        return False


def _fetch_elasticsearch(home: Path, unpacked: Path) -> None:
    """From Maven Central through Maven, which checks the sum and knows the mirrors this machine is to use."""
    maven = find("mvn", "apt-get install maven")
    print(f"fetching Elasticsearch {ELASTICSEARCH_VERSION} (107 MB, once)", flush=True)
    copy = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={ELASTICSEARCH_ARTIFACT}", f"-DoutputDirectory={home}"]
    if subprocess.run(copy, cwd=home).returncode:
        raise MissingError(f"Elasticsearch could not be fetched; see the lines of Maven above: {' '.join(copy)}")
    archive = home / f"elasticsearch-{ELASTICSEARCH_VERSION}.zip"
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(archive) as files:
        files.extractall(home)
    archive.unlink()
    for program in (unpacked / "bin").iterdir():
        program.chmod(0o755)
    (unpacked / "whole").touch()


def s3() -> Server:
    program = find("rclone", "make .venv/.ready", str(ROOT / ".venv/bin"), str(Path(sys.executable).parent))
    home = folder("s3")
    for name in ("s3/files", f"s3/files/{BUCKET}"):
        folder(name)
    command = [program, "serve", "s3", "--config", str(home / "rclone.conf"), "--cache-dir", str(home / "cache")]
    command += ["--auth-key", f"{S3_KEY},{S3_SECRET}", "--addr", f"127.0.0.1:{S3}", str(home / "files")]
    return Server("s3", S3, command, lambda: answers(f"http://127.0.0.1:{S3}/"))


def stripe() -> Server:
    home = folder("stripe")
    try:
        program = find("stripe-mock", "", str(home), str(Path.home() / "go/bin"))
    except MissingError:
        go = find("go", f"install Go from https://go.dev/dl/, then: go install {STRIPE_MOCK}", "/usr/local/go/bin")
        if subprocess.run([go, "install", STRIPE_MOCK], env=os.environ | {"GOBIN": str(home)}).returncode:
            raise MissingError(f"stripe-mock could not be built: go install {STRIPE_MOCK}") from None
        program = str(home / "stripe-mock")
    if owner() is not None and Path(program).parent != home:
        program = shutil.copy(program, home / "stripe-mock")  # root's home is closed to others
    url = f"http://127.0.0.1:{STRIPE}/v1/charges"
    return Server("stripe", STRIPE, [program, "-http-addr", f"127.0.0.1:{STRIPE}"], lambda: answers(url))


def _run(command: list[str], home: Path, text: str = "") -> None:
    done = subprocess.run(command, cwd=home, input=text, capture_output=True, text=True, **identity())  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


RECIPES: dict[str, Callable[[], Server]] = {
    recipe.__name__: recipe for recipe in (postgres, redis, epmd, rabbitmq, elasticsearch, s3, stripe)
}


def environment_lines(secret_key: str) -> dict[str, str]:
    """The variables that make Tuanji use these servers."""
    return {
        "SECRET_KEY": secret_key,
        "DATABASE_URL": f"postgresql://tuanji:{PASSWORD}@127.0.0.1:{POSTGRES}/tuanji",
        "CACHE_URL": f"redis://127.0.0.1:{REDIS}/0",
        "CELERY_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{RABBITMQ}//",
        "SEARCH_URL": f"http://127.0.0.1:{ELASTICSEARCH}",
        "S3_BUCKET": BUCKET,
        "S3_ENDPOINT_URL": f"http://127.0.0.1:{S3}",
        "S3_ACCESS_KEY_ID": S3_KEY,
        "S3_SECRET_ACCESS_KEY": S3_SECRET,
        "STRIPE_SECRET_KEY": "sk_test_local",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_local",
        "STRIPE_WEBHOOK_SECRET": "whsec_local",
        "STRIPE_API_BASE": f"http://127.0.0.1:{STRIPE}",
    }
