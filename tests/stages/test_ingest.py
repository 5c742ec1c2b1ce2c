import shutil
from pathlib import Path

import pytest
from support import ROOT

from hw1.core import layout
from hw1.core.files import read_json

pytestmark = pytest.mark.fault("implausible data")


@pytest.fixture
def mixed_up(tmp_path, edition_folder) -> Path:
    """A project whose edition has the training file's first rows in its test file."""
    folder = tmp_path / layout.RAW / "sample"
    shutil.copytree(edition_folder, folder)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    train, test = (folder / f"covid.{name}.csv" for name in ("train", "test"))
    lines = test.read_text().splitlines()
    copied = [line.split(",")[1:-1] for line in train.read_text().splitlines()[1:7]]
    lines[1:7] = [",".join([str(number), *row]) for number, row in enumerate(copied)]
    test.write_text("\n".join(lines))
    (folder / "solution.csv").unlink()
    return tmp_path


def test_an_edition_that_is_mixed_up_is_refused_and_leaves_no_table(mixed_up, run_stage):
    refused = run_stage("ingest", mixed_up)
    assert refused.returncode == 1
    assert "covid.test.csv (overlap): the last day of 6 of 18 rows" in refused.stderr
    assert "dvc exp run -S 'ingest.accept=[overlap]'" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (mixed_up / layout.TRAIN_TABLE).exists()


def test_what_is_accepted_goes_on_and_is_recorded(mixed_up, run_stage):
    params = mixed_up / "params.yaml"
    params.write_text(params.read_text().replace("  accept: []", "  accept: [overlap]"))
    accepted = run_stage("ingest", mixed_up)
    assert accepted.returncode == 0, accepted.stderr
    assert "NOT PLAUSIBLE (overlap)" in accepted.stdout
    recorded = read_json(mixed_up / layout.INGEST_METRICS)["plausible"]["overlap"]
    assert recorded["accepted"] is True
    assert "6 of 18 rows" in recorded["says"][0]


def test_only_known_findings_can_be_accepted(mixed_up, run_stage):
    params = mixed_up / "params.yaml"
    params.write_text(params.read_text().replace("  accept: []", "  accept: [overlaps]"))
    refused = run_stage("ingest", mixed_up)
    assert "`ingest.accept.0` cannot be 'overlaps'; did you mean `overlap`?" in refused.stderr
