"""Which files of the project a stage's code consists of, found by following its imports.

`python tests/import_closure.py` prints what dvc.yaml and lectures/dvc.yaml should name and, with
`--write`, brings both into that state. A folder is named as a whole where the stage, or one before
it whose results it reads, runs every module in it: DVC reads and writes all of dvc.lock for every
stage that runs, at a millisecond or two a name.
"""

import ast
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOMEWORK = (
    "ingest",
    "features",
    "train",
    "evaluate",
    "submit",
)  # each reads what those before wrote
STAGES = ("check", *HOMEWORK, "track")


def closure(module: str, root: Path = ROOT) -> list[str]:
    """Every file inside the project that importing `module` can run, relative to its root."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        for path in _files_of(name, root):
            if path not in found:
                found.add(path)
                waiting.extend(_imports(path, name))
    return sorted(path.relative_to(root).as_posix() for path in found)


def _files_of(name: str, root: Path) -> list[Path]:
    """The module's file and those of the packages around it; none for a foreign module."""
    parts = name.split(".")
    base = {"hw1": root / "src", "stages": root, "lectures": root}.get(parts[0])
    if base is None:
        return []
    packages = [base.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    candidates = [*packages, base.joinpath(*parts).with_suffix(".py")]
    return [path for path in candidates if path.is_file()]


def _imports(path: Path, name: str) -> list[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            levels = package.split(".")[: len(package.split(".")) - node.level + 1]
            source = (
                ".".join([*levels, node.module or ""]).rstrip(".") if node.level else node.module
            )
            names.append(str(source))
            names.extend(f"{source}.{alias.name}" for alias in node.names)
    return names


def expected_code_deps(stage: str) -> list[str]:
    """The code that dvc.yaml must name as dependencies of a stage.

    `track` tells variants apart by the code of every stage, and runs much of the rest: it depends
    on all code. Publishing what is published takes it a moment.
    """
    if stage == "track":
        return ["src/hw1", "stages"]
    own = closure(f"stages.{stage}")
    before = HOMEWORK[: HOMEWORK.index(stage)] if stage in HOMEWORK else ()
    return folded(own, {path for name in before for path in closure(f"stages.{name}")})


def expected_lecture_deps(experiment: str) -> list[str]:
    """The code that lectures/dvc.yaml must name: no experiment comes before another."""
    files = closure(f"lectures.stages.{experiment}")
    # scripts by themselves: their folder also has results
    scripts = [file for file in files if file.startswith("lectures/")]
    return sorted([*scripts, *folded([file for file in files if file not in scripts], set())])


def folded(files: list[str], rerunning: set[str], root: Path = ROOT) -> list[str]:
    """The same code in fewer names.

    Args:
        files: what a stage runs.
        rerunning: what the stages before it run: a change reruns those anyway.
        root: of the project.

    Returns:
        Files, and the outermost folders whose modules are all among both.
    """
    paths, known = {Path(file) for file in files}, {Path(file) for file in rerunning}
    whole = {
        folder
        for folder in {parent for path in paths for parent in path.parents}
        if {path.relative_to(root) for path in (root / folder).rglob("*.py")} <= paths | known
    }
    names = {min({path, *whole.intersection(path.parents)}, key=_depth) for path in paths}
    return sorted(name.as_posix() for name in names)


def _depth(path: Path) -> int:
    return len(path.parts)


def is_code(dependency: str) -> bool:
    """Whether a dependency is code rather than data."""
    return Path(dependency).parts[0] in ("src", "stages") or dependency.endswith(".py")


def write_deps(path: Path, expected: Callable[[str], list[str]]) -> None:
    """Rewrite the code dependencies of every stage in a dvc.yaml."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    content = yaml.load(path.read_text(encoding="utf-8"))
    for name, stage in content["stages"].items():
        data = [dep for dep in stage.get("deps", []) if not is_code(dep)]
        stage["deps"] = [*expected(name), *data]
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write_deps(ROOT / "dvc.yaml", expected_code_deps)
        write_deps(ROOT / "lectures/dvc.yaml", expected_lecture_deps)
    for stage in STAGES:
        print(stage, *expected_code_deps(stage), sep="\n  ")
