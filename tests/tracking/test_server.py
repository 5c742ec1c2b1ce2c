import socket

import pytest

from hw1.core.errors import Hw1Error
from hw1.tracking import server
from hw1.tracking.server import HOST, free_port


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_named(taken):
    with pytest.raises(Hw1Error, match=f"port {taken} is in use; `hw1 ui` without"):
        free_port(taken)


def test_without_a_wish_the_next_free_port_is_taken(taken, monkeypatch):
    monkeypatch.setattr(server, "FIRST_PORT", taken)
    assert taken < free_port(None) < taken + server.PORTS_TRIED
