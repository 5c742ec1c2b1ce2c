"""Write what a version of this project leaves on disk, so that later versions can be tested on it.

    python tests/golden/make_golden.py COMMIT [MODEL ...]

clones the project at a commit, runs its own code on the small simulated edition and keeps in
tests/golden/COMMIT/ what it wrote: served models with the predictions that they gave, a record of
the ledger, one of a lecture's result, and a search's journal. Where a format changes, run it on the
last commit before the change; what is there already stays as it is. Of the models, `lasso` is the
one whose record is kept.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import reduce
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EDITION = HERE / "edition"

SMALL: dict[str, Any] = {
    "train.seeds": 2,
    "train.epochs": 2,
    "train.hidden": [4],
    "train.extra_trees.trees": 3,
    "train.hist_gradient_boosting.iterations": 3,
    "evaluate.bootstrap": 100,
    "evaluate.schemes": [],
    "sweep.sampler": "grid",
    "sweep.trials": 3,
    "sweep.seeds": 1,
    "sweep.at_once": 3,
    "sweep.pruning": None,
    "sweep.best": 1,
    "sweep.space": {
        "train.model": {"choices": ["mlp", "linear"]},
        "features.k": {"choices": [4, None]},
    },
}
MODELS: dict[str, dict[str, Any]] = {
    "mlp": {},
    "lasso": {"train.model": "lasso"},
    "svr": {"train.model": "svr"},
    "boosted": {"train.model": "hist_gradient_boosting"},
    "blend": {"train.model": "blend", "train.blend": [["ard"], ["lasso", "extra_trees"]]},
    "linked": {"ingest.link": "both", "features.pairs": "last", "train.model": "ridge"},
    "classification": {"train.task": "classification", "train.model": "linear"},
    "structured": {
        "train.task": "structured",
        "train.model": "linear",
        "features.last_day": False,
        "features.pairs": "within",
    },
}
ANSWERS = """
import sys
import pandas
from hw1.serving import _load_pyfunc
rows = pandas.read_csv("data/raw/sample/covid.test.csv")
_load_pyfunc(sys.argv[1]).predict(rows).to_csv(sys.argv[2], index=False)
"""
LECTURE_RECORD = """
from hw1.lineage.lectures.record import LectureRecord
print(LectureRecord(
    lecture="batch_size", parameters={"batch_size.seeds": 2, "data.edition": "sample"},
    params_texts={"lectures/params.yaml": "batch_size: {seeds: 2}\\n"},
    outs={"lectures/metrics/batch_size.json": "0" * 32}, name="batch_size", created=1764000000000,
    seconds=12.5, commit="a" * 40, changed=("params.yaml",), experiment="mine", baseline="a" * 40,
).to_json())
"""


def main() -> None:
    """Write the golden files of the commit that the command line names."""
    commit = _run(ROOT, "git", "rev-parse", "--short=7", sys.argv[1]).strip()
    with tempfile.TemporaryDirectory(prefix="hw1-golden-") as name:
        tree = Path(name) / "tree"
        _run(ROOT, "git", "clone", "-q", str(ROOT), str(tree))
        _run(tree, "git", "checkout", "-q", commit)
        shutil.rmtree(tree / "data/raw/sample")
        shutil.copytree(EDITION, tree / "data/raw/sample")
        for lock in ("dvc.lock", "lectures/dvc.lock"):  # of the shipped sample
            (tree / lock).unlink(missing_ok=True)
        _keep(tree, HERE / commit, sys.argv[2:] or list(MODELS))


def _keep(tree: Path, target: Path, models: list[str]) -> None:
    shipped = (tree / "params.yaml").read_text()
    for model in models:
        changes = MODELS[model]
        if not _set(tree, shipped, SMALL | changes, required=changes):
            continue
        before = set(tree.rglob("manifest.json"))
        print(model, flush=True)
        _run(tree, sys.executable, "-m", "dvc", "repro")
        (manifest,) = set(tree.rglob("manifest.json")) - before
        shutil.copytree(manifest.parent, target / model, dirs_exist_ok=True)
        _run(tree, sys.executable, "-c", ANSWERS, str(target / model), str(target / f"{model}.csv"))
    records = [path.read_text() for path in tree.glob(".dvc/tmp/hw1/variants/*.json")]
    lasso = next(text for text in records if "model: lasso" in json.loads(text)["params_text"])
    (target / "record.json.gz").write_bytes(gzip.compress(lasso.encode(), mtime=0))
    _set(tree, shipped, SMALL, required={})
    if (tree / "src/hw1/sweep").is_dir():
        search = "import sys; from hw1.cli import main; sys.argv[1:] = ['sweep']; main()"
        _run(tree, sys.executable, "-c", search)
        shutil.copy(tree / "data/sweep/default.journal", target / "search.journal")
    if (tree / "src/hw1/lineage/lectures").is_dir():
        text = _run(tree, sys.executable, "-c", LECTURE_RECORD)
        (target / "lecture_record.json").write_text(text)


def _set(tree: Path, text: str, changes: dict[str, Any], required: dict[str, Any]) -> bool:
    """Write params.yaml with some values changed; False where a required key is not there."""
    yaml = YAML()
    content = yaml.load(text)
    for key, value in changes.items():
        *sections, last = key.split(".")
        section = reduce(lambda part, name: part.get(name, {}), sections, content)
        if isinstance(section, CommentedMap) and last in section:
            section[last] = value
        elif key in required:
            return False
    with (tree / "params.yaml").open("w") as file:
        yaml.dump(content, file)
    return True


def _run(folder: Path, *command: str) -> str:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DVC_", "MLFLOW_", "GIT_"))
    }
    programs = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    own = {"PATH": programs, "PYTHONPATH": str(folder / "src"), "HW1_WARM": "0"}
    ran = subprocess.run(
        command, cwd=folder, env=kept | own, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout


if __name__ == "__main__":
    main()
