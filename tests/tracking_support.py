"""Fabricated variants, and a project that holds them in git, DVC's cache and the ledger.

A variant from here is whole: dvc.lock describes its files, and its model predicts. It costs a
millisecond instead of a pipeline run.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from support import ROOT

from hw1.core.errors import DataError
from hw1.core.files import write_bytes
from hw1.core.survey import Structure
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.lineage.ledger import Ledger
from hw1.lineage.record import Record
from hw1.target import TargetScale
from hw1.tracking.creation import Publication
from hw1.tracking.publish import find_or_create
from hw1.tracking.store import tracking_client
from hw1.tracking.tags import run_tags

MODEL_NAMES = (
    "data/features/features.json",
    "data/train/model.json",
    "data/train/weights.safetensors",
)
IGNORED = (".dvc/tmp", ".dvc/cache", "mlflow.db*", "mlartifacts")
IGNORED += tuple(
    f"data/{stage}/" for stage in ("ingest", "features", "train", "evaluate", "submit")
)
OUTER = ("DVC_ROOT", "DVC_STAGE", "DVC_EXP_NAME", "DVC_EXP_BASELINE_REV", "MLFLOW_TRACKING_URI")
DRAWN = {"plots/curve.png": b"picture", "report.html": b"page"}
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "tester"), ("EMAIL", "tester@localhost"))
}


@dataclass(frozen=True)
class Fabricated:
    """A variant that no stage has made.

    Attributes:
        record: its record.
        files: every file that dvc.lock describes, by path.
    """

    record: Record
    files: dict[str, bytes]

    def read(self, path: str) -> bytes:
        """What `Blobs.read` does."""
        if path not in self.files:
            raise DataError(f"{path} is not in DVC's cache any more")
        return self.files[path]

    def without(self, *paths: str) -> "Fabricated":
        """The same variant after DVC's cache has lost files."""
        kept = {path: content for path, content in self.files.items() if path not in paths}
        return Fabricated(self.record, kept)

    def known(self, **changes: Any) -> "Fabricated":
        """The same variant with other circumstances: commit, experiment, ..."""
        return Fabricated(replace(self.record, **changes), self.files)


def fabricate(
    *,
    edition: str = "sample",
    dropout: float = 0.2,
    code: str = "code",
    mse: float = 1.5,
    curve: tuple[float, ...] = (3.0, 2.0, 1.5),
    texts: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    predictions: str | None = None,
    **circumstances: Any,
) -> Fabricated:
    """A whole variant.

    Args:
        edition: its data.
        dropout: a parameter; alone it changes no result.
        code: the text of the code of stage `train`.
        mse: its validation error, for other results.
        curve: validation error by epoch.
        texts: metrics files that are to be others.
        parameters: further ones by dotted key, such as `train.seed`.
        predictions: the text of predictions.csv; else one row of an older form.
        circumstances: further fields of the record.
    """
    params = _params(edition, dropout)
    for key, value in (parameters or {}).items():
        *sections, last = key.split(".")
        reduce(dict.__getitem__, sections, params)[last] = value
    metrics = _metric_texts(edition, mse, curve) | dict(texts or {})
    files = {path: text.encode() for path, text in metrics.items()} | _model_files()
    files["data/ingest/train.parquet"] = edition.encode()
    files["data/submit/submission.csv"] = f"id,tested_positive\n0,{mse}\n".encode()
    files["data/evaluate/predictions.csv"] = (predictions or f"id,predicted\n0,{mse}\n").encode()
    lock = {"schema": "2.0", "stages": _stages(params, files, code)}
    record = Record(
        lock_text=json.dumps(lock),  # JSON is YAML
        params_text=json.dumps(params),
        texts=metrics,
        **{"name": f"dropout={dropout}", "created": 1_700_000_000_000, **circumstances},
    )
    return Fabricated(record, files)


def edit_lock(text: str, stage: str, kind: str, path: str, md5: str) -> str:
    """A dvc.lock in which one file of one stage has another MD5."""
    content = YAML(typ="safe", pure=True).load(text)
    for entry in content["stages"][stage][kind]:
        if entry["path"] == path:
            entry["md5"] = md5
    return json.dumps(content)


def publish(variant: Fabricated, **details: Any) -> str:
    """Publish a variant to the current project's store; returns the run's id."""
    details.setdefault("knows_traces", "tags" in details)
    tags = details.pop("tags", None) or run_tags(variant.record)
    with tracking_client() as client:
        return find_or_create(client, Publication(variant.record, variant, tags, **details))


def all_runs(client: Any, view: str = "active_only") -> list[Any]:
    """Every run of every experiment, the oldest first."""
    from mlflow.entities import ViewType

    experiments = [each.experiment_id for each in client.search_experiments(ViewType.ALL)]
    runs = client.search_runs(experiments, run_view_type=ViewType.from_string(view))
    return sorted(runs, key=lambda run: run.info.start_time)


def history_of(client: Any, run_id: str, name: str) -> list[tuple[int, float]]:
    """Step and value of every point of a metric, in order."""
    points = client.get_metric_history(run_id, name)
    return sorted((point.step, point.value) for point in points)


@contextmanager
def current_project(root: Path, store: Path) -> Iterator[Path]:
    """Make a folder with a copy of a store the current project, as long as the block lasts."""
    (root / ".dvc").mkdir(parents=True)
    shutil.copy(store, root / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        for name in OUTER:
            patch.delenv(name, raising=False)
        patch.setattr("hw1.tracking.content.draw", lambda *_: DRAWN)
        patch.chdir(root)
        yield root
    import mlflow

    mlflow.set_tracking_uri("")  # MLflow hands the last one on to whoever comes next
    os.environ.pop("MLFLOW_TRACKING_URI", None)


class FabricatedProject:
    """A project with git and DVC, in which no stage has ever run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")
        (root / ".dvc").mkdir(exist_ok=True)
        shutil.copy(ROOT / ".dvc" / "config", root / ".dvc")  # DVC asks no server for anything
        (root / ".gitignore").write_text("".join(f"/{path}\n" for path in IGNORED))
        (root / "variants.yaml").write_text("{}\n")
        (root / "params.yaml").write_text(fabricate().record.params_text)
        self.git("add", ".")
        self.git("commit", "-qm", "start")

    def git(self, *words: str) -> str:
        """Run git and return what it printed, without the last newline."""
        ran = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root), **IDENTITY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.rstrip("\n")

    def write(self, variant: Fabricated) -> None:
        """Let a variant's files stand in the workspace."""
        for path, content in self._tracked(variant).items():
            write_bytes(self.root / path, content)
        for path, content in variant.files.items():
            write_bytes(self.root / path, content)

    def commit(self, variant: Fabricated, message: str = "a variant") -> str:
        """Commit what git holds of a variant; returns the commit."""
        for path, content in self._tracked(variant).items():
            write_bytes(self.root / path, content)
            self.git("add", path)
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def experiment(self, name: str, variant: Fabricated) -> str:
        """Make a DVC experiment that holds a variant; returns its commit."""
        baseline = self.git("rev-parse", "HEAD")
        revision = self.commit(variant, f"experiment {name}")
        self.git("reset", "-q", "--hard", baseline)
        self.git("update-ref", f"refs/exps/{baseline[:2]}/{baseline[2:]}/{name}", revision)
        return revision

    def remove_experiment(self, name: str) -> None:
        """Do what `dvc exp remove` does."""
        for line in self.git("for-each-ref", "--format=%(refname)", "refs/exps").splitlines():
            if line.endswith(f"/{name}"):
                self.git("update-ref", "-d", line)

    def cache(self, variant: Fabricated) -> None:
        """Put a variant's files into DVC's cache."""
        listing = _listing(variant.files, "data/train")
        cached = [(_md5(content), content) for content in variant.files.values()]
        for name, content in [*cached, (f"{_md5(listing)}.dir", listing)]:
            write_bytes(self.root / ".dvc/cache/files/md5" / name[:2] / name[2:], content)

    def record(self, variant: Fabricated) -> Fabricated:
        """Do what the last stage does before it publishes: cache and ledger know the variant."""
        self.cache(variant)
        return Fabricated(Ledger(self.root).add(variant.record), variant.files)

    @staticmethod
    def _tracked(variant: Fabricated) -> dict[str, bytes]:
        record = variant.record
        texts = {"dvc.lock": record.lock_text, "params.yaml": record.params_text, **record.texts}
        return {path: text.encode() for path, text in texts.items()}


def _md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def _params(edition: str, dropout: float) -> dict[str, Any]:
    return {
        "ingest": {"edition": edition, "split": {"method": "forward"}},
        "features": {"k": None, "names": ["*"]},
        "train": {"model": "linear", "dropout": dropout, "optimizer": {"name": "adamw"}},
        "evaluate": {"seed": 0},
        "submit": {"lowest": 0.0, "highest": 100.0},
    }


def _metric_texts(edition: str, mse: float, curve: tuple[float, ...]) -> dict[str, str]:
    evaluated = {
        "edition": edition,
        "main": {"metric": "mse", "value": mse, "low": mse - 0.5, "high": mse + 0.5},
        "valid": {"mse": mse, "skill": 0.25},
        "split": {"method": "forward", "label": "forward", "leaks": False},
    }
    metrics: dict[str, Any] = {
        "metrics/ingest.json": {"train": {"rows": 90}, "test": {"rows": 18}},
        "metrics/features.json": {"count": 1, "selected": {"cli_day3": 0.5}},
        "metrics/train.json": {"model": "linear", "valid_mse": mse},
        "metrics/evaluate.json": evaluated,
        "metrics/submit.json": {"metric": "mse", "score": {"all": {"mse": mse + 1}}},
    }
    texts = {path: json.dumps(content) for path, content in metrics.items()}
    lines = ["fold,epoch,step,train_mse,valid_mse,learning_rate"]
    lines += [f"0,{epoch},{epoch},2.5,{value},0.1" for epoch, value in enumerate(curve, 1)]
    return texts | {"metrics/train/curve.csv": "\n".join(lines) + "\n"}


@cache
def _model_files() -> dict[str, bytes]:
    """A model that adds a multiple of today's `cli` to the last known day."""
    structure = Structure(("AL", "NY"), ("cli", "tested_positive"), 3)
    features = FeatureMap((Feature("today", "cli_day3"),), "none", (0.0,), (1.0,), None, ())
    content = {"structure": structure.to_dict(), "folds": {"final": features.to_dict()}}
    model = LinearFitted(np.array([[1.0], [3.0]]), np.zeros(2))
    with TemporaryDirectory() as name:
        storage.save(Path(name), {"final": model}, TargetScale("change", "none"))
        saved = [(Path(name) / path.rpartition("/")[2]).read_bytes() for path in MODEL_NAMES[1:]]
    return dict(zip(MODEL_NAMES, [json.dumps(content).encode(), *saved], strict=True))


def _listing(files: Mapping[str, bytes], folder: str) -> bytes:
    """What DVC caches for a folder: the MD5 of every file in it."""
    entries = [
        {"md5": _md5(content), "relpath": path.removeprefix(f"{folder}/")}
        for path, content in sorted(files.items())
        if path.startswith(f"{folder}/")
    ]
    return json.dumps(entries).encode()


def _stages(params: dict[str, Any], files: Mapping[str, bytes], code: str) -> dict[str, Any]:
    raw = {"data/raw/" + params["ingest"]["edition"]: "aa" * 16 + ".dir"}
    digests = {path: _md5(content) for path, content in files.items()}
    digests["data/train"] = _md5(_listing(files, "data/train")) + ".dir"

    def of(*paths: str) -> dict[str, str]:
        return {path: digests[path] for path in paths}

    def stage(name: str, deps: dict[str, str], outs: dict[str, str], text: str = "code") -> Any:
        own = {f"stages/{name}.py": _md5(text.encode())}
        return {
            "cmd": f"python -m stages.{name}",
            "deps": [{"path": path, "md5": md5} for path, md5 in (own | deps).items()],
            "params": {"params.yaml": {name: params[name]}},
            "outs": [{"path": path, "md5": md5} for path, md5 in outs.items()],
        }

    table, features = of("data/ingest/train.parquet"), of("data/features/features.json")
    model = of("data/train")
    fitted = model | of("metrics/train.json", "metrics/train/curve.csv")
    return {
        "ingest": stage("ingest", raw, table | of("metrics/ingest.json")),
        "features": stage("features", table, features | of("metrics/features.json")),
        "train": stage("train", features, fitted, code),
        "evaluate": stage(
            "evaluate", model, of("data/evaluate/predictions.csv", "metrics/evaluate.json")
        ),
        "submit": stage("submit", model, of("data/submit/submission.csv", "metrics/submit.json")),
    }


def enter_project(root: Path, monkeypatch: pytest.MonkeyPatch) -> FabricatedProject:
    """Make a project the current folder; no outer DVC is seen, MLflow's address leads nowhere."""
    for name in OUTER:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    root.mkdir()
    monkeypatch.chdir(root)
    return FabricatedProject(root)
