import subprocess

import pytest

ENTRY = """\
  {name}:
    cmd: python -m stages.{name}
    deps:
    - path: src
      hash: md5
      md5: 0123456789abcdef0123456789abcdef.dir
      size: 4567
      nfiles: 12
    params:
      params.yaml:
        {name}:
          rate: 1e-05
    outs:
    - path: data/{name}.json
      hash: md5
      md5: fedcba9876543210fedcba9876543210
      size: 789
"""


def lock_text(*names: str) -> str:
    """A dvc.lock of some stages, as DVC writes it."""
    return "schema: '2.0'\nstages:\n" + "".join(ENTRY.format(name=name) for name in names)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project with nothing wrong, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    for folder in (".dvc", "data/train", "metrics", "lectures/pages"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "dvc.lock").write_text(lock_text("ingest", "train"))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path
