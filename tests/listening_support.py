"""Where processes listen to the network."""

from collections.abc import Iterable
from contextlib import suppress

import psutil

LOOPBACK = "127.0.0.1"


def listening(processes: Iterable[psutil.Process]) -> set[str]:
    """The addresses of this machine at which processes can be reached; Unix sockets are none."""
    connections = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that has ended meanwhile
            connections += process.net_connections()
    return {one.laddr.ip.removeprefix("::ffff:") for one in connections if one.status == "LISTEN"}


def family(pid: int | None = None) -> list[psutil.Process]:
    """A process and all that it has started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
