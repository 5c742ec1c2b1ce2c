import io
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

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


def test_only_the_named_files_are_unpacked_from_any_folder(tmp_path, folder):
    members = {"ml/covid.train.csv": "a", "covid.test.csv": "b", "sampleSubmission.csv": "c"}
    unpack(archive_of(members, tmp_path / "a.zip"), folder, NAMES)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "covid.train.csv": "a",
        "covid.test.csv": "b",
    }


@pytest.mark.parametrize(
    "name", ["../covid.train.csv", "/tmp/covid.train.csv", "a/../../x", "..\\x", "C:\\x", "C:x"]
)
def test_a_member_that_points_outside_is_refused_before_anything_is_unpacked(
    tmp_path, folder, name
):
    archive = archive_of({"covid.test.csv": "b", name: "a"}, tmp_path / "a.zip")
    with pytest.raises(DataError, match="not safe to unpack"):
        unpack(archive, folder, NAMES)
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "covid.train.csv").exists()


def test_a_symbolic_link_is_refused(tmp_path, folder):
    link = zipfile.ZipInfo("covid.train.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(DataError, match="not safe"):
        unpack(tmp_path / "a.zip", folder, NAMES)


def test_two_files_of_one_name_are_refused(tmp_path, folder):
    archive = archive_of({"covid.train.csv": "a", "old/covid.train.csv": "b"}, tmp_path / "a.zip")
    with pytest.raises(DataError, match=r"holds covid\.train\.csv 2 times"):
        unpack(archive, folder, NAMES)


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
