"""What many tests share: small simulated editions, and the real ones where they are at hand."""

import os

# one thread a process: pytest runs as many processes as there are cores, and numerical libraries
# that fight for them wait more than they compute. They read this once, when they are imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

from itertools import islice
from pathlib import Path

import pytest
from reliability_support import ReliabilityReport, note_faults
from support import SMALL

from hw1.simulate import write_edition

# files of long tests, the longest first
LONG = (
    "test_readme.py",
    "test_style.py",
    "test_experiments.py",
    "test_ray.py",
    "test_browser.py",
    "test_track.py",
    "test_loop.py",
    "test_model.py",
    "test_drawing.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say how to write the page on reliability."""
    parser.addoption(
        "--reliability", action="store_true", help="write docs/reliability.md from what is found"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Count what the tests of each class of faults find, if this is asked for."""
    if config.getoption("--reliability"):
        config.pluginmanager.register(ReliabilityReport())


def pytest_itemcollected(item: pytest.Item) -> None:
    """Carry a test's classes of faults over to its report."""
    note_faults(item)


@pytest.fixture
def edition_folder(tmp_path: Path) -> Path:
    """A folder with a small edition: 3 states, 3 days of 3 signals, 90 training rows."""
    folder = tmp_path / "edition"
    write_edition(folder, SMALL)
    return folder


@pytest.fixture(params=["2021", "2022"])
def real_folder(request: pytest.FixtureRequest) -> Path:
    """A folder with the CSV files of a real edition."""
    folder = os.environ.get("HW1_REAL")
    if not folder:
        pytest.skip("HW1_REAL does not name a folder with the real editions")
    path = Path(folder) / request.param
    if not path.is_dir():
        pytest.skip(f"the real edition {request.param} is not in the folder HW1_REAL names")
    return path


# after the choice of `-m`: the shares are those of what runs
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones, on every process: one at the end would leave a processor idle.

    `--dist worksteal` first deals the list in equal shares, and later takes from a share's end.
    The tests on a project whose pipeline has run lead the first share, since every process that
    has one of them builds that project; the other long ones lead the other shares.
    """
    files = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: files.get(item.path.name, len(LONG)))
    built = [item for item in items if "finished" in getattr(item, "fixturenames", ())]
    long = [item for item in items if item.path.name in files and item not in built]
    chosen = {*built, *long}
    rest = [item for item in items if item not in chosen]
    others = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) - 1
    ordered = (
        led([built, *(long[start::others] for start in range(others))], rest) if others else []
    )
    items[:] = ordered or built + long + rest


def led(heads: list[list[pytest.Item]], rest: list[pytest.Item]) -> list[pytest.Item]:
    """A list whose equal shares begin with the heads; empty where a head is more than a share."""
    total, ordered, left = len(rest) + sum(map(len, heads)), [], iter(rest)
    for number, head in enumerate(heads, start=1):
        ordered += head
        room = total * number // len(heads) - len(ordered)
        if room < 0:
            return []
        ordered += islice(left, room)
    return ordered
