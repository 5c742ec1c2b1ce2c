"""Every part of the speed benchmark works; how fast anything is, is not asked here."""

import json
import subprocess
import sys

import pytest
from support import ROOT

from hw1.lineage.lock import STAGES

IN_PROCESS = ("loop", "stack", "quality")


def measured(folder, *parts):
    """Run parts in their quick mode; what speed.json holds then."""
    command = [sys.executable, "-m", "bench.speed", "--quick", "--out", str(folder)]
    ran = subprocess.run(
        [*command, "--parts", *parts], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    written = json.loads((folder / "speed.json").read_text())
    for part in parts:
        for table in written[part]["tables"]:
            assert table["title"] in (folder / "speed.md").read_text()
            assert table["title"] in ran.stdout
    return written


@pytest.fixture(scope="module")
def in_process(tmp_path_factory):
    """The parts that start no processes of their own."""
    return measured(tmp_path_factory.mktemp("speed"), *IN_PROCESS)


def names(part, table=0):
    return [row["name"] for row in part["tables"][table]["rows"]]


def test_loop(in_process):
    table = in_process["loop"]["tables"][0]
    assert "117-64-32-16-1" in table["title"]
    assert len(table["rows"]) == 5
    assert len({base for row in table["rows"] for base in row["ratios"]}) == 4


def test_stack(in_process):
    nets = [table["title"].split(", ")[1] for table in in_process["stack"]["tables"]]
    assert nets == ["20-16-8-1", "117-64-32-16-1"]


def test_quality(in_process):
    rows = {row["name"]: row for row in in_process["quality"]["tables"][0]["rows"]}
    assert rows["persistence"]["notes"]["skill"] == "+0.0 %"
    assert {"default", "MLPRegressor on the change", "MLPRegressor on the level"} < set(rows)


@pytest.mark.slow
def test_variant(tmp_path):
    assert len(names(measured(tmp_path, "variant")["variant"])) == 4


@pytest.mark.slow
def test_stages(tmp_path):
    stages = measured(tmp_path, "stages")["stages"]
    assert len(names(stages)) == 6
    for stage in ("check", *STAGES, "track"):
        pieces = [name for name in names(stages, 1) if name.startswith(f"{stage}: ")]
        assert len(pieces) == 5


@pytest.mark.slow
def test_growth(tmp_path):
    growth = measured(tmp_path, "growth")["growth"]
    assert {table["unit"] for table in growth["tables"]} == {"s", "GiB"}
    assert {name.partition(",")[0] for name in names(growth)} > {"check", *STAGES, "track"}


@pytest.mark.slow
def test_sweep(tmp_path):
    rows = names(measured(tmp_path, "sweep")["sweep"])
    assert len(rows) == 4
    assert sum("hw1 sweep" in row for row in rows) == 2
