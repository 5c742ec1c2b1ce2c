"""What many tests share: small simulated editions, and the real ones where they are at hand."""

import os

# one thread a process: pytest runs as many processes as there are cores, and numerical libraries
# that fight for them wait more than they compute. They read this once, when they are imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest
from support import SMALL

from hw1.simulate import write_edition


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones: one of them at the end would leave a processor idle."""
    items.sort(key=lambda item: "pipeline" not in item.path.parts)
