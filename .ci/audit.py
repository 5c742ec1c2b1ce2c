"""Look up known vulnerabilities of the packages in requirements.lock; it needs the network.

`.ci/audit-allowed.txt` lists those that are known and borne for a while, one a line: its id, the
day from which it is not allowed any more, and the reason.
"""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

LOCK = "requirements.lock"
ALLOWED = Path(__file__).with_name("audit-allowed.txt")
# strict: what cannot be looked up would count as sound, all of it where the network is gone
OPTIONS = ["--no-deps", "--disable-pip", "--strict", "--progress-spinner", "off"]


def read_allowed(text: str, today: date) -> list[str]:
    """The ids of vulnerabilities that are allowed today.

    Raises:
        SystemExit: a line has no day or no reason, or its day has come.
    """
    ids = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, day, _ = line.split(maxsplit=2)
            until = date.fromisoformat(day)
        except ValueError:
            raise SystemExit(f"{ALLOWED.name}, line {number}: ID YEAR-MONTH-DAY REASON") from None
        if until <= today:
            raise SystemExit(
                f"{ALLOWED.name}, line {number}: {name} was allowed until {day}; update the "
                "package, or look at it anew and give another day"
            )
        ids.append(name)
    return ids


def command(ids: list[str]) -> list[str]:
    """The command that looks all locked packages up, but for these vulnerabilities."""
    ignored = [word for name in ids for word in ("--ignore-vuln", name)]
    return [sys.executable, "-m", "pip_audit", "-r", LOCK, *OPTIONS, *ignored]


def main() -> None:
    """Look up, and end as pip-audit does."""
    ids = read_allowed(ALLOWED.read_text(encoding="utf-8"), datetime.now(UTC).date())
    raise SystemExit(subprocess.run(command(ids), check=False).returncode)


if __name__ == "__main__":
    main()
