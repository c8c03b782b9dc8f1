"""An endpoint whose name points to our own network is never connected to."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOW
from tests.orders.outbound.receiver import log_of
from tests.orders.outbound.scenes import make_endpoint, make_order, send_all, tell

pytestmark = pytest.mark.django_db


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Names point to these addresses, call after call, the last one for good. Returns what was connected to. Our own
    servers are found as ever."""
    left, connected, look_up = list(answers), list[str](), socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
        if not host.endswith(".example"):
            return list(look_up(host, port, *rest, **named))
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def create_connection(address: tuple[str, int], **_kwargs: Any) -> None:
        connected.append(address[0])
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    return connected


@pytest.mark.parametrize("inside", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "100.64.0.1"])
def test_name_that_points_inside_is_never_connected_to(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    order = make_order()
    endpoint, _ = make_endpoint(order.enterprise, "https://erp.example/hook")
    connected = resolve_to(monkeypatch, inside)
    tell(order)

    send_all(NOW)

    assert connected == []
    assert log_of(endpoint) == ["refused: not on the public internet"]


def test_name_that_points_inside_a_moment_later_is_not_followed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    endpoint, _ = make_endpoint(order.enterprise, "https://erp.example/hook")
    connected = resolve_to(monkeypatch, "8.8.8.8", "10.0.0.1")
    tell(order)

    send_all(NOW)
    send_all(NOW + timedelta(minutes=1))

    assert connected == ["8.8.8.8"]
    assert log_of(endpoint) == ["no answer: OSError", "refused: not on the public internet"]
