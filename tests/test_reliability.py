"""The page on reliability: every class has tests, every test's class is known, the page is true."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from reliability_support import PAGE, page_text, read_faults, read_results
from support import ROOT

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.mark.fault("one")
def test_many(record_property):
    record_property("cases", 40)

@pytest.mark.fault("one")
@pytest.mark.parametrize("number", [1, 2])
def test_each(number):
    assert number != {wrong}

@pytest.mark.fault("two")
def test_skipped():
    pytest.skip("no disk here")

@pytest.fixture
def broken():
    raise OSError

@pytest.mark.fault("broken")
def test_that_cannot_begin(broken):
    pass

def test_other():
    pass
"""
PLUGIN = """
from pathlib import Path
from reliability_support import ReliabilityReport, note_faults

def pytest_configure(config):
    config.addinivalue_line("markers", "fault(name): a class")
    config.pluginmanager.register(ReliabilityReport(Path("found.json"), Path("page.md")))

def pytest_itemcollected(item):
    note_faults(item)
"""


def marked() -> Iterator[tuple[str, str]]:
    """Every test file with the classes that its markers name."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "fault"
            ):
                for word in node.args:
                    assert isinstance(word, ast.Constant), f"{path}: a class's name is a string"
                    yield path.relative_to(ROOT).as_posix(), str(word.value)


def test_every_class_of_faults_has_tests_and_every_tests_class_is_known():
    assert {fault for _, fault in marked()} == {entry["fault"] for entry in read_faults()}


def test_the_page_says_what_was_found_last():
    assert PAGE.read_text(encoding="utf-8") == page_text(read_faults(), read_results())


def test_files_that_the_page_names_are_there():
    for files in read_results().values():
        for file in files:
            assert (ROOT / file).is_file(), file


@pytest.mark.parametrize("processes", ["0", "2"])
def test_cases_are_counted_and_failures_named(pytester: pytest.Pytester, processes: str):
    pytester.makeini(f"[pytest]\npythonpath = {ROOT / 'tests'}\n")
    pytester.makeconftest(PLUGIN)
    pytester.makepyfile(test_it=TESTS.format(wrong=2))
    Path("test_other.py").touch()
    known = {"one": {"test_other.py": {"cases": 7}, "test_gone.py": {"cases": 9}}}
    Path("found.json").write_text(json.dumps(known), encoding="utf-8")

    pytester.runpytest_subprocess("-n", processes)

    found = json.loads(Path("found.json").read_text(encoding="utf-8"))
    assert found["one"]["test_it.py"]["cases"] == 42
    assert found["one"]["test_it.py"]["failed"] == ["test_it.py::test_each[2]"]
    assert found["two"]["test_it.py"]["skipped"] == {"no disk here": 1}
    assert found["broken"]["test_it.py"]["failed"] == ["test_it.py::test_that_cannot_begin"]
    assert set(found["one"]) == {"test_it.py", "test_other.py"}, "others keep what they found"
    assert "1 of 1 tests failed: `test_that_cannot_begin`" in page_text(
        [{"fault": "broken", "promise": "p", "tested": "t"}], found
    )


def test_nothing_is_written_where_a_process_that_ran_tests_has_ended(pytester: pytest.Pytester):
    pytester.makeini(f"[pytest]\npythonpath = {ROOT / 'tests'}\n")
    pytester.makeconftest(PLUGIN)
    ending = "import os\n@pytest.mark.fault('four')\ndef test_ends():\n    os._exit(3)\n"
    pytester.makepyfile(test_it=TESTS.format(wrong=3) + ending)

    shown = pytester.runpytest_subprocess("-n", "1")

    shown.stdout.fnmatch_lines(["*page.md is not written*test_ends*"])
    assert not Path("page.md").exists()


def test_a_row_says_what_failed_and_what_was_skipped():
    faults = [{"fault": name, "promise": "p", "tested": "t"} for name in ("one", "two", "three")]
    passing = {"cases": 40, "tests": 1}
    failing = {"cases": 2, "tests": 2, "failed": ["tests/test_it.py::test_each[2]"]}
    skipping = {"cases": 1, "tests": 1, "skipped": {"no disk here": 1}}
    results = {
        "one": {"tests/a.py": passing, "tests/b.py": failing},
        "two": {"tests/a.py": skipping},
    }

    table = page_text(faults, results).partition("\n\n## ")[0]
    rows = table.splitlines()[-3:]

    assert rows[0].endswith("| 42 | 1 of 3 tests failed: `test_each[2]` |")
    assert rows[1].endswith(
        "[a.py](../tests/a.py) | 1 | the test passes; 1 skipped: no disk here |"
    )
    assert rows[2].endswith("| 0 | not run |")
