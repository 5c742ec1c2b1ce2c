"""docs/reliability.md: what is promised about each class of faults, and what its tests found.

A class is described in faults.yaml; a test shows its promise by `@pytest.mark.fault("class")`, and
says how many cases it has tried by `record_property("cases", number)` where it is not one. With
`--reliability` pytest counts them and writes the page; of test files that did not run it keeps what
they found last.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support import ROOT

FAULTS_FILE = ROOT / "tests" / "faults.yaml"
PAGE = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "docs" / "reliability.json"
MARKER = "fault"
COMPLETE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
HEAD = """\
# What does not break

Each row is a class of faults: what is promised, how tests show it, how many cases they tried when
this page was made, and what came of it. `make reliability` runs them all, the long ones too, and
writes this page; `make test` runs the quick ones every time.

"""
LIMITS = """
## What is not promised

- Power that fails: files are written whole and renamed, but nothing waits until they are on the
  disk.
- What DVC or git do by themselves: plain `dvc` does not mend what a kill has left (`hw1 mend`
  does), gives up after seconds where `hw1 repro` waits, and `dvc exp run` on a disk with next to
  no room left can leave git's HEAD detached (`git status` and `git stash list` say what is left
  to do).
- A search's processes hand each other objects by Python's pickle, through pipes of their own;
  nothing of that becomes a file. An MLflow model holds code: load those of your own store.
- A stage whose DVC is killed in its first tens of milliseconds goes on; `hw1 repro` and `hw1
  mend` wait for it.
- Whether known weaknesses of packages matter here: `make audit` names them, people judge.
"""


@dataclass
class Result:
    """What the tests of a class of faults found, in one file or in all.

    Attributes:
        cases: how many were tried.
        failed: tests that failed.
        skipped: why tests were skipped, with how many were.
        tests: how many ran.
    """

    cases: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    tests: int = 0


class ReliabilityReport:
    """A pytest plugin that counts cases and writes the page at the end.

    Args:
        results: where to keep the counts.
        page: where to write the page.
    """

    def __init__(self, results: Path = RESULTS, page: Path = PAGE) -> None:
        self._results = results
        self._page = page
        self._found: dict[str, dict[str, Result]] = {}
        self._untold: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one phase of a test, on the process that all of them report to."""
        properties = dict(report.user_properties)
        if report.failed and MARKER not in properties:  # a process that ended takes them along
            self._untold.append(report.nodeid)
        for fault in properties.get(MARKER, "").split("\n"):
            if fault:
                file = report.nodeid.partition("::")[0]
                files = self._found.setdefault(fault, {})
                _count(files.setdefault(file, Result()), report, properties)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page, unless this is one of several processes, or not all could be counted."""
        if hasattr(session.config, "workerinput") or not self._found:
            return
        if self._untold or session.exitstatus not in COMPLETE:
            print(f"\n{self._page} is not written: not all is known {self._untold or ''}")
            return
        known = read_results(self._results)
        for fault, files in self._found.items():
            kept = {
                name: each for name, each in known.get(fault, {}).items() if Path(name).is_file()
            }
            known[fault] = kept | {name: asdict(result) for name, result in files.items()}
        text = json.dumps(known, indent=2, sort_keys=True) + "\n"
        self._results.parent.mkdir(exist_ok=True)
        self._results.write_text(text, encoding="utf-8")
        self._page.write_text(page_text(read_faults(), known), encoding="utf-8")


def note_faults(item: pytest.Item) -> None:
    """Write the classes of a test's faults into its report, which knows no markers."""
    faults = sorted({str(marker.args[0]) for marker in item.iter_markers(MARKER)})
    if faults:
        item.user_properties.append((MARKER, "\n".join(faults)))


def read_faults(path: Path = FAULTS_FILE) -> list[dict[str, str]]:
    """The classes of faults, in the page's order."""
    faults: list[dict[str, str]] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return faults


def read_results(path: Path = RESULTS) -> dict[str, Any]:
    """What was found, by class and file; empty before the first time."""
    if not path.is_file():
        return {}
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


def page_text(faults: list[dict[str, str]], results: dict[str, Any]) -> str:
    """The page, as Markdown."""
    lines = ["| fault | promise | how it is tested | cases | result |", "|---|---|---|---|---|"]
    for entry in faults:
        files = results.get(entry[MARKER], {})
        result = _sum([Result(**each) for each in files.values()])
        links = ", ".join(f"[{Path(file).name}](../{file})" for file in sorted(files))
        cells = [
            f"**{entry[MARKER]}**",
            entry["promise"],
            f"{entry['tested']} {links}".strip(),
            f"{result.cases:,}",
            _outcome(result),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return HEAD + "\n".join(lines) + "\n" + LIMITS


def _count(result: Result, report: pytest.TestReport, properties: dict[str, Any]) -> None:
    if report.failed:
        result.failed = sorted({*result.failed, report.nodeid})
    elif report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected to fail"
        why = reason.removeprefix("Skipped: ")
        result.skipped = dict(sorted((Counter(result.skipped) + Counter([why])).items()))
    if not report.skipped and (report.when == "call" or (report.when == "setup" and report.failed)):
        result.tests += 1
        result.cases += int(properties.get("cases", 1))


def _sum(results: list[Result]) -> Result:
    return Result(
        cases=sum(each.cases for each in results),
        failed=sorted({name for each in results for name in each.failed}),
        skipped=dict(sum((Counter(each.skipped) for each in results), Counter())),
        tests=sum(each.tests for each in results),
    )


def _outcome(result: Result) -> str:
    if not result.tests:
        said = "not run"
    elif result.failed:
        names = ", ".join(f"`{name.partition('::')[2]}`" for name in result.failed)
        said = f"{len(result.failed)} of {result.tests} tests failed: {names}"
    else:
        said = f"all {result.tests} tests pass" if result.tests > 1 else "the test passes"
    reasons = [f"{number} skipped: {why}" for why, number in result.skipped.items()]
    return "; ".join([said, *reasons])
