import io
import os
import resource
import stat
import struct
import sys
import zipfile
from pathlib import Path, PurePosixPath
from random import Random

import pytest

from hw1 import kaggle_download
from hw1.core.errors import DataError, Hw1Error
from hw1.kaggle_download import download, unpack

NAMES = ("covid.train.csv", "covid.test.csv")


def archive_of(members: dict[str, str], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def folder(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    return inner


@pytest.fixture
def client(tmp_path, monkeypatch):
    """Put a stand-in for Kaggle's client on the path; it runs the given lines of Python."""

    def install(*lines: str) -> None:
        path = tmp_path / "bin" / "kaggle"
        path.parent.mkdir()
        path.write_text("\n".join([f"#!{sys.executable}", "import sys", *lines]) + "\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))

    return install


@pytest.mark.fault("archives")
def test_only_the_named_files_are_unpacked_from_any_folder(tmp_path, folder):
    members = {"ml/covid.train.csv": "a", "covid.test.csv": "b", "sampleSubmission.csv": "c"}
    unpack(archive_of(members, tmp_path / "a.zip"), folder, NAMES)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "covid.train.csv": "a",
        "covid.test.csv": "b",
    }


@pytest.mark.fault("archives")
@pytest.mark.parametrize(
    "name",
    [
        *(
            "../covid.train.csv",
            "/tmp/covid.train.csv",
            "a/../../x",
            "..\\x",
            "C:\\x",
            "C:x",
            "../",
        ),
        *("\\\\host\\share\\x", "CON", "a/nul.txt", "Aux", "com1.csv", "LPT9", "a/CONOUT$"),
        "covid.train.csv\0.exe",
    ],
)
def test_a_name_that_is_no_plain_files_is_refused_before_anything_is_unpacked(
    tmp_path, folder, name
):
    stand_in = "~" * len(name)  # zipfile would not write some of these names
    path = archive_of({"covid.test.csv": "b", stand_in: "a"}, tmp_path / "a.zip")
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), name.encode()))
    with pytest.raises(DataError, match="not safe to unpack"):
        unpack(path, folder, NAMES)
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "covid.train.csv").exists()


@pytest.mark.fault("archives")
@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_special_file_is_refused(tmp_path, folder, kind):
    special = zipfile.ZipInfo("anything")
    special.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("covid.train.csv", "a")
        archive.writestr(special, "/etc/hostname")
    with pytest.raises(DataError, match=r"not safe to unpack: 'anything'"):
        unpack(tmp_path / "a.zip", folder, NAMES)
    assert list(folder.iterdir()) == []


@pytest.mark.fault("archives")
@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_packing_whose_size_is_bounded_is_unpacked(tmp_path, folder, packing):
    """A block of the others can hold some thousand times its size, and is unpacked in one piece."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", packing) as archive:
        archive.writestr("covid.train.csv", "0" * 10_000)
    with pytest.raises(DataError, match="packed in another way"):
        unpack(tmp_path / "a.zip", folder, NAMES)


@pytest.mark.fault("archives")
def test_an_encrypted_member_is_refused_before_anything_is_unpacked(tmp_path, folder):
    path = archive_of({"covid.train.csv": "a", "covid.test.csv": "b"}, tmp_path / "a.zip")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"'covid\.test\.csv' is encrypted"):
        unpack(path, folder, NAMES)
    assert list(folder.iterdir()) == []


@pytest.mark.fault("archives")
def test_a_bomb_is_refused_by_what_it_says(tmp_path, folder, monkeypatch):
    """All files together count; none of them is too large alone."""
    path = archive_of(dict.fromkeys(NAMES, "0" * 600_000), tmp_path / "a.zip")
    assert path.stat().st_size < 3_000
    monkeypatch.setattr(kaggle_download, "LARGEST", 1_000_000)
    with pytest.raises(DataError, match="larger than"):
        unpack(path, folder, NAMES)
    assert list(folder.iterdir()) == []


@pytest.mark.fault("archives")
@pytest.mark.parametrize("said", [10, 999_999, 1_000_001, 2**31])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_header_that_lies_is_found_out_and_nothing_is_left(
    tmp_path, folder, packing, said, monkeypatch
):
    """Sizes of the second file are lies, in both places that a zip has for them."""
    monkeypatch.setattr(kaggle_download, "LARGEST", 2**32)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("covid.train.csv", "a")
        archive.writestr("covid.test.csv", "0" * 1_000_000)
    true, lie = struct.pack("<I", 1_000_000), struct.pack("<I", said)
    path.write_bytes(path.read_bytes().replace(true, lie))
    with pytest.raises(DataError, match=r"a\.zip"):
        unpack(path, folder, NAMES)
    assert list(folder.iterdir()) == []


@pytest.mark.fault("archives")
def test_what_comes_out_is_counted_whatever_unpacks_it(tmp_path, folder, monkeypatch):
    """Python's own reader stops where the header says; one that does not is not waited for."""
    path = archive_of({"covid.train.csv": "0" * 10}, tmp_path / "a.zip")

    class Endless(io.BytesIO):
        given = 0

        def read(self, size=-1):
            Endless.given += size
            return b"0" * size

    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: Endless())
    with pytest.raises(DataError, match="not as large as the archive says"):
        unpack(path, folder, NAMES)
    assert list(folder.iterdir()) == []
    assert Endless.given <= 2**20


@pytest.mark.fault("archives")
def test_two_files_of_one_name_are_refused(tmp_path, folder):
    archive = archive_of({"covid.train.csv": "a", "old/covid.train.csv": "b"}, tmp_path / "a.zip")
    with pytest.raises(DataError, match=r"holds covid\.train\.csv 2 times"):
        unpack(archive, folder, NAMES)


@pytest.mark.fault("archives")
@pytest.mark.parametrize("damage", ["text", "cut", "flipped"])
def test_a_damaged_archive_is_refused(tmp_path, folder, damage):
    path = archive_of({"covid.train.csv": "0123456789" * 99}, tmp_path / "a.zip")
    content = bytearray(path.read_bytes())
    if damage == "text":
        content = bytearray(b"<html>please log in</html>")
    elif damage == "cut":
        content = content[: len(content) // 2]
    else:
        content[50] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.zip cannot be unpacked"):
        unpack(path, folder, NAMES)
    assert list(folder.iterdir()) == []


@pytest.mark.fault("full disk")
def test_a_place_without_room_is_not_blamed_on_the_archive(tmp_path, folder):
    archive = archive_of({"covid.train.csv": "0" * 200_000}, tmp_path / "a.zip")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"File too large: .*covid\.train\.csv"):
            unpack(archive, folder, NAMES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(folder.iterdir()) == []


@pytest.mark.fault("archives")
def test_any_damage_is_refused_or_harmless(tmp_path, folder, record_property):
    """Bytes set at random, a piece taken out or doubled: all or nothing is unpacked."""
    members = {"covid.train.csv": "0123456789" * 99, "x/covid.test.csv": "b" * 500}
    whole = archive_of(members, tmp_path / "whole.zip").read_bytes()
    right = {PurePosixPath(name).name: text.encode() for name, text in members.items()}
    random, refused = Random(int(os.environ.get("HW1_SEED", "0"))), 0
    cases = int(os.environ.get("HW1_CASES", "400"))
    for case in range(cases):
        content = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            start, size = random.randrange(len(content)), random.randint(1, 8)
            piece = content[start : start + size]
            content[start : start + size] = random.choice([random.randbytes(1), b"", piece * 2])
        path = tmp_path / "a.zip"
        path.write_bytes(content)
        try:
            unpack(path, folder, NAMES)
        except DataError:
            assert list(folder.iterdir()) == [], case
            refused += 1
        for file in folder.iterdir():
            assert file.read_bytes() == right[file.name], case
            file.unlink()
    assert refused > cases / 4
    record_property("cases", cases)


def test_missing_client_says_how_to_get_it(folder, client, monkeypatch):
    client()
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(Hw1Error, match=r"\[kaggle\]"):
        download("ml2022spring-hw1", folder, NAMES)


def test_the_client_is_asked_for_the_competition_and_its_archive_unpacked(folder, client):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("covid.train.csv", "a")
    client(
        "assert sys.argv[1:3] == ['competitions', 'download'], sys.argv",
        "name, where = (sys.argv[sys.argv.index(flag) + 1] for flag in ('-c', '-p'))",
        f"open(f'{{where}}/{{name}}.zip', 'wb').write({packed.getvalue()!r})",
    )
    download("ml2022spring-hw1", folder, NAMES)
    assert (folder / "covid.train.csv").read_text() == "a"


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ("Authentication required to call the Kaggle API.", "knows no credentials"),
        ("OSError: Could not find kaggle.json. Make sure it is in ~", "knows no credentials"),
        ("401 Client Error: Unauthorized for url", "knows no credentials"),
        ("403 Client Error: Forbidden for url", "accept its rules first.*ml2022spring-hw1/rules"),
        ("404 Client Error: Not Found for url", "knows no competition ml2022spring-hw1"),
        ("HTTPSConnectionPool: Max retries exceeded with url: /v1", "cannot be reached"),
        ("Segmentation fault", "could not download ml2022spring-hw1"),
    ],
)
@pytest.mark.fault("credentials")
def test_a_refusal_is_explained_without_repeating_what_the_client_says(
    folder, client, says, message
):
    client(f"print({says!r}, 'token=s3cret', file=sys.stderr)", "sys.exit(1)")
    with pytest.raises(Hw1Error, match=message) as refusal:
        download("ml2022spring-hw1", folder, NAMES)
    assert "s3cret" not in str(refusal.value)


def test_success_without_an_archive_is_a_failure(folder, client):
    client()
    with pytest.raises(Hw1Error, match="could not download"):
        download("ml2022spring-hw1", folder, NAMES)


@pytest.mark.parametrize("name", ["--help", "a/b", "", "ML 2022"])
def test_a_name_that_could_be_an_option_or_path_is_refused(folder, client, name):
    client("sys.exit('called')")
    with pytest.raises(Hw1Error, match="no competition's name"):
        download(name, folder, NAMES)
