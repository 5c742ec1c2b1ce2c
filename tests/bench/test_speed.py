"""Every part of the speed benchmark works; how fast anything is, is not asked here."""

import pytest

from hw1.lineage.lock import STAGES


def names(part, table=0):
    return [row["name"] for row in part["tables"][table]["rows"]]


def ratio_bases(part, table=0):
    return {base for row in part["tables"][table]["rows"] for base in row["ratios"]}


def test_parts_are_kept_that_are_not_measured_anew(quick):
    first = quick("loop")["loop"]
    both = quick("quality")
    assert both["loop"] == first
    assert "quality" in both


def test_loop(quick):
    loop = quick("loop")["loop"]
    assert len(names(loop)) == 5
    assert len(ratio_bases(loop)) == 4
    assert "117-64-32-16-1" in loop["tables"][0]["title"]


def test_stack(quick):
    stack = quick("stack")["stack"]
    assert [table["title"].split(",")[1] for table in stack["tables"]] == [
        " 20-16-8-1",
        " 117-64-32-16-1",
    ]


def test_quality(quick):
    rows = {row["name"]: row for row in quick("quality")["quality"]["tables"][0]["rows"]}
    assert rows["persistence"]["notes"]["skill"] == "+0.0 %"
    assert {"default", "MLPRegressor on the change", "MLPRegressor on the level"} < set(rows)


@pytest.mark.slow
def test_variant(quick):
    assert len(names(quick("variant")["variant"])) == 4


@pytest.mark.slow
def test_stages(quick):
    stages = quick("stages")["stages"]
    assert len(names(stages)) == 6
    for stage in ("check", *STAGES, "track"):
        pieces = [name for name in names(stages, 1) if name.startswith(f"{stage}: ")]
        assert len(pieces) == 5


@pytest.mark.slow
def test_growth(quick):
    growth = quick("growth")["growth"]
    assert {table["unit"] for table in growth["tables"]} == {"s", "GiB"}
    assert {name.partition(",")[0] for name in names(growth)} > {"check", *STAGES, "track"}
