"""Models and downloads are not trusted: what no code here may do."""

import pytest
from code_scan import Finding, find_dangers
from support import ROOT

FOLDERS = ("src", "stages", "lectures", "bench", "tests")
PIPE = "speaks through a pipe to processes that it started itself; no file is read or written so"
RECIPE = "the course's script as students run it; it reads the file that it wrote a moment ago"
ALLOWED = {
    **{
        (f"src/hw1/sweep/workers/{name}.py", "multiprocessing"): PIPE
        for name in ("base", "local", "process")
    },
    ("src/hw1/lectures/frame/page.py", "jinja2.Environment"): "pages are Markdown; see `code`",
    ("bench/speed/sample_script.py", "torch.save"): RECIPE,
    ("bench/speed/sample_script.py", "torch.load"): RECIPE,
    ("tests/pipeline/test_bridge.py", "shell"): "runs the commands that a person would copy",
    ("tests/test_serving.py", "pickle"): "makes one that has to be refused",
    ("tests/test_pickle_scan.py", "pickle"): "makes some that have to be found",
    ("tests/test_pickle_scan.py", "torch.save"): "likewise",
    ("tests/test_pickle_scan.py", "numpy.save"): "likewise",
    ("tests/test_pickle_scan.py", "numpy.savez"): "likewise",
}
"""What is done although it is dangerous, by file and name, with the reason."""


def dangers() -> dict[tuple[str, str], list[Finding]]:
    """What all code does that is dangerous, by file and name."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for finding in find_dangers(path.read_text(encoding="utf-8")):
                place = (path.relative_to(ROOT).as_posix(), finding.name)
                found.setdefault(place, []).append(finding)
    return found


@pytest.mark.fault("pickle")
@pytest.mark.fault("unsafe YAML")
@pytest.mark.fault("hostile names")
def test_no_code_reads_what_could_run(record_property):
    found = dangers()
    told = [
        f"{path}:{finding.line}: {finding.name} {finding.why}"
        for (path, name), findings in found.items()
        for finding in findings
        if (path, name) not in ALLOWED
    ]
    assert told == [], "not allowed; a reason for an exception belongs into ALLOWED"
    assert set(ALLOWED) <= set(found), "stale: nothing there needs these exceptions"
