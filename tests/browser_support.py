"""A made-up variant's files, MLflow's server and a browser, for the tests of what MLflow shows."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFFLINE = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
FLAGS = (
    "--headless",
    "--no-sandbox",  # which cannot be had as root; only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules={OFFLINE}",
    "--window-size=2400,1000",
)
HIDDEN = ("script", "style")
READY_SECONDS = 120
PATIENCE_MS = (10_000, 40_000)  # the browser's own clock, which stands still while it waits


def variant_texts(
    mse: float = 1.25,
    *,
    metric: str = "mse",
    epochs: int = 3,
    folds: tuple[str, ...] = ("0",),
    method: str = "forward",
    solution: bool = True,
    linked: bool = False,
) -> dict[str, str]:
    """What the stages of a variant write as text: metrics and plot data by path."""
    own = mse if metric == "mse" else mse**0.5
    label = "random (leaks)" if method == "random" else method
    label += ", transductive" if linked else ""
    curve = [
        f"{fold},{epoch},{epoch * 8},{1 + 1 / epoch:g},"
        f"{'' if fold == 'final' else mse + 1 / epoch},0.003"
        for fold in (*folds, "final")
        for epoch in range(1, epochs + 1)
    ]
    evaluated = {
        "edition": "2021" if metric == "rmse" else "sample",
        "main": {"metric": metric, "value": own, "low": own * 0.8, "high": own * 1.2},
        "persistence": {"mse": 1.5, "rmse": 1.5**0.5},
        "split": {
            "method": method,
            "leaks": method == "random",
            "transductive": linked,
            "label": label,
        },
        "valid": {"rows": 40, "bias": 0.01, "mae": 0.8, "mse": mse, "skill": 1 - mse / 1.5},
    }
    rows = {"mse": mse + 0.1, "rmse": (mse + 0.1) ** 0.5, "skill": 0.1, "rows": 20}
    expected = {"value": own + 0.05, "low": own * 0.9, "high": own * 1.1, "confidence": 0.9}
    score = {"score": {"all": rows, "private": rows, "public": rows}, "metric": metric}
    fitted = {fold: {"train_mse": 1.0, "valid_mse": mse} for fold in folds}
    files: dict[str, Any] = {
        "evaluate": evaluated,
        "features": {"count": 2, "selected": {"cli_day5": 0.2, "shop_day5_change": 0.1}},
        "ingest": {"shift": {"day": 4, "in_deviations": {"cli": 1.2}}, "split": {"leaks": False}},
        "submit": {"rows": 20, "mean": 15.0, "expected": expected, **(score if solution else {})},
        "train": {"model": "mlp", "members": 8, "folds": fitted, "valid_mse": mse},
    }
    header = "fold,epoch,step,train_mse,valid_mse,learning_rate"
    errors = "rows,mse,mae,bias,persistence_mse,skill"
    return {
        **{f"metrics/{stage}.json": json.dumps(content) for stage, content in files.items()},
        "metrics/train/curve.csv": "\n".join([header, *curve, ""]),
        "metrics/evaluate/by_state.csv": (
            f"state,{errors}\nAK,20,1.5,0.9,0.1,1.4,-0.07\nAL,20,1.0,0.7,-0.1,1.6,0.37\n"
        ),
        "metrics/evaluate/by_level.csv": (
            f"level,level_low,level_high,{errors}\n"
            "1,1.36,5.47,20,0.9,0.7,-0.1,1.0,0.1\n2,5.48,8.17,20,1.6,0.9,0.1,2.0,0.2\n"
        ),
    }


def predictions_text() -> str:
    """Predicted validation rows, as evaluate writes them."""
    rows = [f"{i},0,AK,1,{5 + i + i % 3},{5 + i},{5.5 + i}" for i in range(12)]
    return "\n".join(["id,fold,state,weight,target,known,predicted", *rows, ""])


def find_browser() -> str | None:
    """The path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """Run MLflow's server on a SQLite store and a free loopback port, and yield its address."""
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]
    command += [
        "--port",
        address.rpartition(":")[2],
        "--backend-store-uri",
        f"sqlite:///{database}",
    ]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    log = database.with_suffix(".log")
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=database.parent,
            env=os.environ | quiet,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_ready(address, server, log)
        yield address
    finally:
        end_group(server)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its log when it ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"MLflow's server did not start:\n{log.read_text()[-2000:]}")


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, and all that it started."""
    for wish, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, wish)
            process.wait(seconds)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
    process.wait(1)


class Page(HTMLParser):
    """What a person can read on a page.

    Attributes:
        texts: the pieces of text from top to bottom.
        rows: MLflow's table of runs from top to bottom: text by column, such as "tags.`split`".
    """

    def __init__(self, dom: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._cells: dict[int, dict[str, str]] = {}
        self._row, self._column, self._hidden = -1, "", False
        self.feed(dom)

    @property
    def rows(self) -> list[dict[str, str]]:
        return [self._cells[row] for row in sorted(self._cells)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._hidden = tag in HIDDEN
        if found.get("role") == "row":
            self._row = int(found.get("row-index") or -1)
        if "col-id" in found:
            self._column = str(found["col-id"]) if found.get("role") == "gridcell" else ""

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in HIDDEN

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text or self._hidden:
            return
        self.texts.append(text)
        if self._row >= 0 and self._column:
            self._cells.setdefault(self._row, {})[self._column] = text

    def after(self, *heading: str) -> list[str]:
        """The texts that follow the first place where `heading` stands."""
        for start in range(len(self.texts)):
            if tuple(self.texts[start : start + len(heading)]) == heading:
                return self.texts[start + len(heading) :]
        raise AssertionError(f"{heading} is not on the page: {self.texts}")


def open_page(browser: str, address: str, wanted: str) -> Page:
    """Open an address as a new user would, and wait until the page shows `wanted`.

    Raises:
        AssertionError: it never did; the message holds what the page shows.
    """
    for patience in PATIENCE_MS:
        page = Page(read_dom(browser, address, patience))
        if wanted in page.texts:
            return page
    raise AssertionError(f"{address} never showed {wanted!r}: {page.texts}")


def read_dom(browser: str, address: str, patience: int) -> str:
    """A page's elements after its scripts have run for `patience` milliseconds."""
    with TemporaryDirectory(prefix="hw1-browser-", ignore_cleanup_errors=True) as profile:
        own = (f"--user-data-dir={profile}", f"--virtual-time-budget={patience}", "--dump-dom")
        process = subprocess.Popen(
            [browser, *FLAGS, *own, address],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return process.communicate(timeout=READY_SECONDS)[0].decode()
        finally:
            end_group(process)
