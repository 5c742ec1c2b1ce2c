"""What is installed: every package at one version, from the registry alone, and looked up."""

import importlib.util
import re
import tomllib
from datetime import date
from importlib.metadata import PackageNotFoundError, requires

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support import ROOT

pytestmark = pytest.mark.fault("dependencies")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
EXACT = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?==[0-9][A-Za-z0-9.!]*( ; \S.*)?")
SYSTEMS = {"linux": "x86_64", "darwin": "arm64", "win32": "AMD64"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def declared() -> list[Requirement]:
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for text in sum(extras, start=project["dependencies"])]


def locked(python: str, system: str) -> dict[str, list[Requirement]]:
    """What the lock holds for a Python on a system, by name."""
    place = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_machine": SYSTEMS[system],
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    found: dict[str, list[Requirement]] = {}
    for line in LOCK:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(place):
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def audit_script():
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci/audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_line_of_the_lock_is_one_version_of_one_package(record_property):
    """Nor an option, which could name another index, nor an address."""
    assert [line for line in LOCK if not EXACT.fullmatch(line)] == []
    record_property("cases", len(LOCK))


def test_nothing_is_declared_by_its_address_or_from_another_index():
    assert [str(each) for each in declared() if each.url] == []
    assert set(PROJECT["build-system"]["requires"]) == {"setuptools>=77"}
    assert set(PROJECT["tool"]["uv"]) == {"constraint-dependencies"}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_declared_is_locked_at_one_version_that_fits(python, system):
    found = locked(python, system)
    assert [name for name, versions in found.items() if len(versions) > 1] == []
    for requirement in declared():
        if requirement.marker is None or requirement.marker.evaluate({"python_version": python}):
            (held,) = found[canonicalize_name(requirement.name)]
            (version,) = held.specifier
            assert requirement.specifier.contains(version.version), str(held)


def test_whatever_an_installed_package_needs_is_locked(record_property):
    """So that no install ever chooses a version by itself."""
    held = {canonicalize_name(Requirement(line).name) for line in LOCK}
    waiting, seen = [(each, "pyproject.toml") for each in declared()], set()
    while waiting:
        requirement, asker = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            assert name in held, f"{asker} needs {requirement}"
            try:
                needed = [Requirement(text) for text in requires(requirement.name) or []]
            except PackageNotFoundError:  # of another platform, or an extra that is not here
                continue
            waiting += [
                (each, name)
                for each in needed
                if each.marker is None or each.marker.evaluate({"extra": extra})
            ]
    record_property("cases", len(seen))


@pytest.mark.parametrize("name", ["ci.yml", "nightly.yml"])
def test_workflows_may_only_read_and_leave_no_token_behind(name):
    workflow = yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow[True]  # YAML 1.1 takes `on` for a truth
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        for step in job["steps"]:
            assert step.get("uses", "actions/").startswith("actions/")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
            assert "${{ github.event" not in step.get("run", "")


def test_packages_are_installed_at_the_locks_versions():
    assert "-c requirements.lock" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_a_vulnerability_is_allowed_for_a_reason_and_a_time():
    audit = audit_script()
    text = "# comment\n\nPYSEC-2030-1 2030-02-01 no fix yet\nGHSA-x 2030-01-02 not called here\n"
    assert audit.read_allowed(text, date(2030, 1, 1)) == ["PYSEC-2030-1", "GHSA-x"]
    with pytest.raises(SystemExit, match="line 4: GHSA-x was allowed until 2030-01-02"):
        audit.read_allowed(text, date(2030, 1, 2))


@pytest.mark.parametrize("line", ["GHSA-x", "GHSA-x 2030-01-02", "GHSA-x soon because"])
def test_a_vulnerability_without_day_or_reason_is_not_allowed(line):
    with pytest.raises(SystemExit, match="line 1: ID"):
        audit_script().read_allowed(line, date(2030, 1, 1))


def test_the_audit_fails_on_what_it_cannot_look_up_and_ignores_only_what_is_allowed():
    command = audit_script().command(["GHSA-x"])
    assert {"--strict", "--no-deps", "--disable-pip"} < set(command)
    assert command[command.index("-r") + 1] == "requirements.lock"
    assert command[-2:] == ["--ignore-vuln", "GHSA-x"]


def test_the_list_of_allowed_vulnerabilities_can_be_read():
    audit = audit_script()
    audit.read_allowed(audit.ALLOWED.read_text(encoding="utf-8"), date(2000, 1, 1))
