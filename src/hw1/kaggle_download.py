"""Downloading a competition's files with Kaggle's official client, and unpacking them safely.

Credentials are the client's own business: nothing here reads, passes on or prints them, nor
anything that the client says, which could hold them.
"""

import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

from hw1.core.errors import DataError, Hw1Error

COMPETITION = re.compile(r"[a-z0-9][a-z0-9-]*")
SECONDS = 600
LARGEST_FILE = 512 * 1024**2
LARGEST_FILE_WORDS = "512 MiB"

NO_CREDENTIALS = """Kaggle knows no credentials here. Make an API token at \
https://www.kaggle.com/settings/api, then either
  - save it to ~/.kaggle/access_token, or export KAGGLE_API_TOKEN, or run `kaggle auth login`, or
  - the older form: save kaggle.json to ~/.kaggle/, or export KAGGLE_USERNAME and KAGGLE_KEY.
Or download the files in a browser and give their folder or zip: `hw1 fetch EDITION --from PATH`"""
NO_CLIENT = (
    "Kaggle's client is not installed: `pip install -e '.[kaggle]'`; or download the files in a "
    "browser and give their folder or zip: `hw1 fetch EDITION --from PATH`"
)


def download(competition: str, folder: Path, names: tuple[str, ...]) -> None:
    """Download a competition's archive and unpack some of its files.

    Args:
        competition: Kaggle's name of it, such as `ml2022spring-hw1`.
        folder: an existing, empty folder for the files.
        names: names of the files to unpack; those that the archive lacks are left out.

    Raises:
        DataError: the archive is damaged or not safe to unpack.
        Hw1Error: the name is not valid, the client is missing, or the download fails.
    """
    if not COMPETITION.fullmatch(competition):
        raise Hw1Error(f"{competition!r} is no competition's name, such as ml2022spring-hw1")
    client, where = _client(), str(folder)
    command = [client, "competitions", "download", "--quiet", "-c", competition, "-p", where]
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Hw1Error(f"Kaggle sent {competition} not within {SECONDS} seconds") from None
    archives = sorted(folder.glob("*.zip"))
    if result.returncode != 0 or not archives:
        raise Hw1Error(_reason(result.stdout, competition))
    for archive in archives:
        unpack(archive, folder, names)


def unpack(archive: Path, folder: Path, names: tuple[str, ...]) -> None:
    """Unpack the files called `names`, from whatever folder of the archive, into one folder.

    Raises:
        DataError: it is no zip archive, is damaged, has a member that points outside the
            archive, or has two files of one name.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            members = [member for member in content.infolist() if not member.is_dir()]
            for member in members:
                _refuse_unsafe(archive, member)
            for name in names:
                found = [m for m in members if PurePosixPath(m.filename).name == name]
                if len(found) > 1:
                    raise DataError(f"{archive} holds {name} {len(found)} times")
                for member in found:
                    with content.open(member) as packed, (folder / name).open("wb") as unpacked:
                        shutil.copyfileobj(packed, unpacked)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as problem:
        raise DataError(f"{archive} cannot be unpacked: {problem}") from None


def _refuse_unsafe(archive: Path, member: zipfile.ZipInfo) -> None:
    # What the archive says, before zipfile made it harmless by its own rules.
    path = PurePosixPath(member.orig_filename.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or ":" in path.as_posix()
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        raise DataError(f"{archive} is not safe to unpack: {member.filename!r} points outside it")
    if member.file_size > LARGEST_FILE:
        raise DataError(f"{archive}: {member.filename!r} is larger than {LARGEST_FILE_WORDS}")


def _client() -> str:
    beside = Path(sys.executable).parent
    found = shutil.which("kaggle", path=str(beside)) or shutil.which("kaggle")
    if found is None:
        raise Hw1Error(NO_CLIENT)
    return found


def _reason(said: str, competition: str) -> str:
    page = f"https://www.kaggle.com/competitions/{competition}"
    if re.search(r"authentication required|unauthori[sz]ed|\b401\b|kaggle\.json", said, re.I):
        return NO_CREDENTIALS
    if re.search(r"max retries|connection ?error|timed out", said, re.I):
        return "Kaggle cannot be reached: check the network and try again"
    if re.search(r"\b403\b|forbidden", said, re.I):
        return f"Kaggle refuses {competition}: join it and accept its rules first, at {page}/rules"
    if re.search(r"\b404\b|not found", said, re.I):
        return f"Kaggle knows no competition {competition}: see {page}"
    return (
        f"Kaggle's client could not download {competition}; "
        f"`kaggle competitions download -c {competition}` shows why"
    )
