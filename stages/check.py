"""Stage `check`: the first of all; refuses params.yaml before any other stage has run.

DVC reruns a stage only for keys that the stage names. A misspelt key is named by none, and would
be ignored in silence. This stage depends on the whole file. What the other stages read of it never
changes, so that a change of parameters reruns no more than the stages which use them; its digest of
all parameters does, and makes `track` publish a variant whose results are those of another.
"""

import hashlib
import json
from collections.abc import Mapping

from hw1.core import layout
from hw1.core.entry import exits_cleanly
from hw1.core.errors import ParamsError
from hw1.core.files import write_json
from hw1.core.sections import Section
from hw1.lineage.warm import start_publisher
from hw1.params.ingest import IngestParams
from hw1.params.project import check_params


@exits_cleanly
def main() -> None:
    """Run the stage."""
    sections = check_params()
    _check_edition(sections["ingest"])
    write_json(layout.CHECK_FILE, {"params.yaml": "valid"})
    write_json(layout.DIGEST_FILE, {"params.yaml": _digest(sections)})
    start_publisher()  # has MLflow ready when `track` comes to it


def _digest(sections: Mapping[str, Section]) -> str:
    """SHA-256 of all values, whatever order and comments they have in the file."""
    values = {name: section.model_dump() for name, section in sections.items()}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _check_edition(ingest: object) -> None:
    assert isinstance(ingest, IngestParams)
    folder = layout.RAW / ingest.edition
    if not folder.is_dir() and not folder.with_suffix(".dvc").is_file():
        raise ParamsError(
            f"`ingest.edition`: there is no {folder}; bring it with "
            f"`hw1 fetch {ingest.edition} --from FOLDER`"
        )


if __name__ == "__main__":
    main()
