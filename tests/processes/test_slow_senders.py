"""Programs that promise a body and do not send it, on a real server of four threads."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import requests

from tests.orders.inbox.test_receive import signed
from tests.processes.machine import Machine

THREADS = 4


@contextmanager
def slow_senders(machine: Machine, count: int) -> Iterator[list[socket.socket]]:
    """Each has said that 5,000 bytes will come, and sent one."""
    with ExitStack() as stack:
        senders = [stack.enter_context(socket.create_connection(("127.0.0.1", machine.port))) for _ in range(count)]
        for sender in senders:
            sender.sendall(b"POST /hooks/x/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\na")
        yield senders


def test_pages_are_served_beside_more_slow_senders_than_there_are_threads(machine: Machine) -> None:
    machine.start_web()

    with slow_senders(machine, 3 * THREADS):
        machine.wait_for("a post that is told to come again", lambda: post(machine) == 503 or None)
        assert [requests.get(f"{machine.address}/healthz", timeout=60).status_code for _ in range(5)] == [200] * 5

    machine.wait_for("a post that is heard", lambda: post(machine) == 404 or None)


def post(machine: Machine) -> int:
    return requests.post(f"{machine.address}/hooks/nobody/", b"{}", timeout=60).status_code


def test_a_body_in_chunks_is_read_as_one_with_a_length(machine: Machine) -> None:
    shop = machine.do("open_shop")
    machine.start_web()
    address, body = f"{machine.address}/hooks/{shop['endpoint']}/", b'{"type": "other", "data": {}}'

    def in_chunks(sent: bytes, size: int) -> int:
        pieces = (sent[start : start + size] for start in range(0, len(sent), size))
        return requests.post(
            address, pieces, headers={"Content-Type": "application/json", **signed(shop["signing"], body)}, timeout=60
        ).status_code

    assert in_chunks(body, 7) == 202
    assert in_chunks(body + b" ", 7) == 401
    assert in_chunks(body * 40_000, 65_536) == 413
    assert machine.do("books")["inbox"] == [["msg_1", "open"]]
