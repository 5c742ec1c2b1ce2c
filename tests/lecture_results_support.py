"""Made-up results of a lecture's experiment in a project, as its stage and DVC leave them."""

import hashlib
import json
import re
from typing import Any

import yaml
from tracking_support import FabricatedProject

from hw1.core.files import write_bytes
from hw1.lectures.frame.places import PARAMS, metrics_file, page_file, plots_folder
from hw1.lineage.lectures.stage import LOCK, PIPELINE

LECTURE = "curves"
PICTURE = (plots_folder(LECTURE) / "curve.png").as_posix()
TABLE = (plots_folder(LECTURE) / "curve.csv").as_posix()
PAGE = page_file(LECTURE).as_posix()
METRICS = metrics_file(LECTURE).as_posix()
CODE = "src/hw1/curves.py"
HOMEWORK_KEYS = ("ingest.split", "features")
PAGE_TEXT = """# Curves

Two curves were fitted.

## What was found

- The loss is {loss}.
- It was lower before.

| loss |
|---|
| {loss} |

![curve](../plots/curves/curve.png)

More text.
"""


class LectureProject:
    """Lets an experiment `curves` run in a project without running anything."""

    def __init__(self, project: FabricatedProject) -> None:
        self.project, self.root = project, project.root
        self.set_width(100)
        stage = {
            "wdir": "..",
            "cmd": f"python -m lectures.stages.{LECTURE}",
            "deps": [CODE, "data/raw/${data.edition}"],
            "params": [*HOMEWORK_KEYS, {PARAMS.as_posix(): ["data", LECTURE]}],
            "outs": [{PAGE: {"cache": False}}],
            "metrics": [{METRICS: {"cache": False}}],
            "plots": [{TABLE: {"cache": False, "x": "x"}}, PICTURE],
        }
        self._write(PIPELINE.as_posix(), yaml.safe_dump({"stages": {LECTURE: stage}}))
        self._write(CODE, "code = 1\n")
        self.commit("the experiment")

    def set_width(self, width: int, **others: Any) -> None:
        """Set the experiment's parameters."""
        section = {"width": width, "rates": [1.0e-05, 0.1], "csv": None}
        content = {"data": {"edition": "sample"}, LECTURE: section | others}
        self._write(PARAMS.as_posix(), yaml.safe_dump(content))

    def edit_code(self, text: str) -> None:
        """Change the experiment's code."""
        self._write(CODE, text)

    def run(self, loss: float, **metrics: Any) -> None:
        """Write what the stage would."""
        found = {"fit": {"loss": loss, "ok, really": True}, "rows": 7, "sizes": [1, 2], **metrics}
        self._write(METRICS, json.dumps(found))
        self._write(TABLE, f"x,y\n0,{loss}\n")
        write_bytes(self.root / PICTURE, f"PNG {loss}".encode())
        self._write(PAGE, PAGE_TEXT.format(loss=loss))

    def lock(self) -> None:
        """Describe what stands there, as DVC does when a stage has ended."""
        homework = yaml.safe_load((self.root / "params.yaml").read_text())
        section = yaml.safe_load((self.root / PARAMS).read_text())
        entry = {
            "cmd": f"python -m lectures.stages.{LECTURE}",
            "deps": [{"path": CODE, "hash": "md5", "md5": self._md5(CODE)}],
            "params": {
                PARAMS.as_posix(): section,
                "params.yaml": {
                    "features": homework["features"],
                    "ingest.split": homework["ingest"]["split"],
                },
            },
            "outs": [
                {"path": path, "hash": "md5", "md5": self._md5(path)}
                for path in (METRICS, PAGE, TABLE, PICTURE)
            ],
        }
        text = yaml.safe_dump({"schema": "2.0", "stages": {LECTURE: entry}}, sort_keys=False)
        # ruamel, with which DVC writes, has no point before the exponent
        self._write(LOCK.as_posix(), re.sub(r"\b1\.0e-05", "1e-05", text))

    def commit(self, message: str = "results") -> str:
        """Commit everything; returns the commit."""
        self.project.git("add", ".")
        self.project.git("commit", "-q", "--allow-empty", "-m", message)
        return self.project.git("rev-parse", "HEAD")

    def _write(self, path: str, text: str) -> None:
        write_bytes(self.root / path, text.encode())

    def _md5(self, path: str) -> str:
        return hashlib.md5((self.root / path).read_bytes()).hexdigest()
