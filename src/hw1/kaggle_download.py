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
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from hw1.core.errors import DataError, Hw1Error
from hw1.core.files import names_the_file
from hw1.core.trouble import place_hint

COMPETITION = re.compile(r"[a-z0-9][a-z0-9-]*")
SECONDS = 600
LARGEST = 512 * 1024**2
LARGEST_WORDS = "512 MiB"
BLOCK = 1024**2
ENCRYPTED = 0x1  # of a member's flags
DEVICE = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]", re.IGNORECASE)

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

    Everything that the archive says is checked before anything is unpacked, and what comes out
    while it does: a header may lie. Where it is refused, the folder is as it was.

    Raises:
        DataError: it is no zip archive, is damaged, encrypted or too large, has a member that is no
            plain file or points outside the archive, or has two files of one name.
        OSError: a place is full or not allowed; it names the file.
    """
    unpacked: list[Path] = []
    try:
        with zipfile.ZipFile(archive) as content:
            for member, name in _chosen(archive, content.infolist(), names):
                place = folder / name
                with (
                    names_the_file(place),
                    content.open(member) as packed,
                    place.open("xb") as file,
                ):
                    unpacked.append(place)
                    _copy(archive, member, packed, file)
    except BaseException as problem:
        for path in unpacked:
            path.unlink()
        no_room = isinstance(problem, OSError) and place_hint(problem)
        if isinstance(problem, _DAMAGED) and not no_room:
            raise DataError(f"{archive} cannot be unpacked: {problem}") from None
        raise


_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)


def _chosen(
    archive: Path, members: list[zipfile.ZipInfo], names: tuple[str, ...]
) -> list[tuple[zipfile.ZipInfo, str]]:
    """The members to unpack, each with its name, of an archive that is safe as far as it tells."""
    for member in members:
        _refuse_unsafe(archive, member)
    chosen = []
    for name in names:
        found = [m for m in members if PurePosixPath(m.filename).name == name and not m.is_dir()]
        if len(found) > 1:
            raise DataError(f"{archive} holds {name} {len(found)} times")
        chosen += [(member, name) for member in found]
    if sum(member.file_size for member, _ in chosen) > LARGEST:
        raise DataError(f"{archive}: its files are larger than {LARGEST_WORDS}")
    return chosen


def _refuse_unsafe(archive: Path, member: zipfile.ZipInfo) -> None:
    # What the archive says, before zipfile made it harmless by its own rules.
    path = PurePosixPath(member.orig_filename.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or ":" in path.as_posix()
    kind = stat.S_IFMT(member.external_attr >> 16)
    if outside or kind == stat.S_IFLNK:
        wrong = "points outside it"
    elif kind not in (0, stat.S_IFREG, stat.S_IFDIR) or any(map(_is_device, path.parts)):
        wrong = "is no plain file"
    elif "\0" in member.orig_filename:
        wrong = "hides the end of its name"
    elif member.flag_bits & ENCRYPTED:
        wrong = "is encrypted"
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        wrong = "is packed in another way than Kaggle's, whose size nothing bounds"
    else:
        return
    raise DataError(f"{archive} is not safe to unpack: {member.orig_filename!r} {wrong}")


def _is_device(part: str) -> bool:
    """Whether Windows takes a name for a device, with whatever suffix."""
    return DEVICE.fullmatch(part.partition(".")[0].strip()) is not None


def _copy(archive: Path, member: zipfile.ZipInfo, packed: IO[bytes], file: IO[bytes]) -> None:
    """Copy what a member really holds, and refuse it at the first byte too many."""
    left = member.file_size
    while block := packed.read(BLOCK):
        left -= len(block)
        if left < 0:
            break
        file.write(block)
    if left:
        raise DataError(f"{archive}: {member.filename!r} is not as large as the archive says")


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
