"""A process that has MLflow ready when the last stage wants to publish; see `hw1.lineage.warm`.

It answers one request and ends, or ends without one when DVC has. It runs the code of the tree
that it was started in, for requests of that tree alone, and takes nothing from them but data.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hw1.core.guard import LOOK, Owner
from hw1.lineage.record import Record
from hw1.lineage.warm import SOCKET
from hw1.tracking.ahead import PicturesAhead
from hw1.tracking.store import (
    TrackerBusyError,
    TrackerError,
    no_garbage,
    sqlite_file,
    tracking_client,
)
from hw1.tracking.warm_request import READY

LONGEST_LIFE = 6 * 3600  # seconds; DVC's end comes first, unless it cannot be told
LONGEST_REQUEST = 10  # seconds until a request is read


class Publisher:
    """Waits at a socket for one request.

    Args:
        listener: the socket, which listens.
        owner: without it nothing is waited for.
        identity: what a request has to name; see `hw1.lineage.warm.identity`.
    """

    def __init__(self, listener: socket.socket, owner: Owner, identity: str) -> None:
        self._listener = listener
        self._owner = owner
        self._identity = identity
        self._folder = Path.cwd()
        self._place = _inode(SOCKET)
        self._end = time.monotonic() + LONGEST_LIFE

    def run(self) -> None:
        """Make ready, wait, publish."""
        ahead = PicturesAhead(self._folder)  # before any stage writes
        for prepare in (_import_mlflow, _open_store, _import_drawing):
            if not self._is_wanted():
                return
            prepare()
        self._listener.settimeout(LOOK)
        while self._is_wanted():
            with suppress(OSError):  # nobody asks, or not to the end
                connection, _ = self._listener.accept()
                with connection:
                    if self._serve(connection, ahead):
                        return
            ahead.look()

    def leave(self) -> None:
        """Take the socket away, unless it is a successor's."""
        if self._place is not None and _inode(SOCKET) == self._place:
            SOCKET.unlink(missing_ok=True)

    def _is_wanted(self) -> bool:
        there = _inode(SOCKET) == self._place
        return there and self._owner.lives() and time.monotonic() < self._end

    def _serve(self, connection: socket.socket, ahead: PicturesAhead) -> bool:
        """Answer a connection; False where it asks for nothing."""
        connection.settimeout(LONGEST_REQUEST)
        connection.sendall(READY)
        with connection.makefile("rb") as lines:
            line = lines.readline()
        if not line.endswith(b"\n"):
            return False

        def tell(answer: dict[str, str]) -> None:
            connection.sendall(json.dumps(answer).encode() + b"\n")

        tell(self._answer(line, ahead, lambda text: tell({"waiting": text})))
        return True

    def _answer(
        self, line: bytes, ahead: PicturesAhead, say: Callable[[str], None]
    ) -> dict[str, str]:
        from hw1.tracking.stage import publish_workspace

        try:
            request = json.loads(line)
            asked = (request["identity"], Path(request["folder"]).resolve())
            if asked != (self._identity, self._folder.resolve()):
                return {"trouble": "another tree, environment or version of the code"}
            if not _has_present_tables():
                return {"trouble": "the store has to be migrated, and who asks is told of that"}
            record = Record.from_json(request["record"])
            return {"run": publish_workspace(record, self._folder, ahead.start, say)}
        except TrackerBusyError as problem:
            return {"unreachable": str(problem)}
        except TrackerError as problem:
            # a file may have been replaced since it was opened: who asks opens it anew
            return {"unreachable" if sqlite_file() is None else "trouble": str(problem)}
        except Exception as problem:  # who asks meets it again, and says what it is
            return {"trouble": repr(problem)}


def _import_mlflow() -> None:
    import mlflow.models
    import mlflow.pyfunc
    import mlflow.types  # noqa: F401

    import hw1.serving
    import hw1.tracking.model
    import hw1.tracking.stage  # noqa: F401


def _open_store() -> None:
    """Open the store if it is a file; a server is not kept waiting."""
    if sqlite_file() is None or not _has_present_tables():
        return
    # connections are closed when they are not used: the file may be replaced meanwhile
    os.environ.setdefault("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")
    with tracking_client() as client:
        client.search_experiments(max_results=1)


def _has_present_tables() -> bool:
    """Whether the store can be opened without a word: nobody reads what is printed here."""
    from hw1.tracking.migrate import has_present_tables

    file = sqlite_file()
    return file is None or has_present_tables(file)


def _import_drawing() -> None:
    import matplotlib.style  # noqa: F401


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def main() -> None:
    """Publish for the process that the command line tells of."""
    descriptor, pid, started, identity = sys.argv[1:]
    atexit.register(gc.freeze)  # memory goes with the process
    with no_garbage(), socket.socket(fileno=int(descriptor)) as listener:
        publisher = Publisher(listener, Owner(int(pid), float(started)), identity)
        try:
            publisher.run()
        finally:
            publisher.leave()


if __name__ == "__main__":
    main()
