import bz2
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import subprocess
import tarfile
import zipfile
import zlib
from contextlib import closing

import numpy as np
import pytest
from pickle_scan import find_pickles

CONTENT = {"weights": np.arange(9.0), "name": "x"}
WHOLE = pickle.dumps(CONTENT)


def with_member(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing")
        archive.writestr("inner/data", content)
    return packed.getvalue()


def with_torch(*, new):
    import torch

    packed = io.BytesIO()
    torch.save({"x": torch.zeros(3)}, packed, _use_new_zipfile_serialization=new)
    return packed.getvalue()


def with_numpy(save, *arrays):
    packed = io.BytesIO()
    save(packed, *arrays)
    return packed.getvalue()


def in_tar():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("model")
        member.size = len(WHOLE)
        archive.addfile(member, io.BytesIO(WHOLE))
    return packed.getvalue()


def in_database(tmp_path):
    path = tmp_path / "made.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE cells (content)")
        database.execute("INSERT INTO cells VALUES (?)", (WHOLE,))
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.mark.fault("pickle")
def test_every_planted_pickle_is_found(tmp_path, record_property):
    objects = np.array([{"x": 1}], dtype=object)
    planted = {
        **{f"protocol {number}": pickle.dumps(CONTENT, number) for number in range(6)},
        "of a number": pickle.dumps(3),
        "with what joblib puts behind": WHOLE[:40] + b"\xff" * 200,
        "several": WHOLE + WHOLE,
        "zlib": zlib.compress(WHOLE),
        "gzip": gzip.compress(WHOLE),
        "bzip2": bz2.compress(WHOLE),
        "xz": lzma.compress(WHOLE),
        "zip": with_member(WHOLE),
        "zip in zip": with_member(with_member(gzip.compress(WHOLE))),
        "tar": in_tar(),
        "npy": with_numpy(np.save, objects),
        "npz": with_numpy(np.savez, objects),
        "torch": with_torch(new=True),
        "torch as it was": with_torch(new=False),
        "database": in_database(tmp_path),
        "hdf": b"\x89HDF\r\n\x1a\n",
    }
    folder = tmp_path / "planted"
    folder.mkdir()
    for name, content in planted.items():
        (folder / name).write_bytes(content)
    found = {place.partition(":")[0] for place in find_pickles(folder)}
    assert found == set(planted)
    record_property("cases", len(planted))


def test_a_pickle_in_git_is_found(tmp_path):
    (tmp_path / "model").write_bytes(WHOLE)
    for words in (["init", "-q"], ["add", "model"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "model").unlink()
    assert any(place.startswith(".git/objects") for place in find_pickles(tmp_path))


def test_other_files_are_no_pickles(tmp_path):
    harmless = {
        "empty": b"",
        "dot": b".",
        "text": b"a text.\n",
        "json": json.dumps({"a": [1, 2.5, None]}).encode(),
        "csv": b"id,tested_positive\n0,1.5\n",
        "npy": with_numpy(np.save, np.arange(3)),
        "npz": with_numpy(np.savez, np.array(["|S"])),
        "zip": with_member(b"text"),
        "cut": gzip.compress(b"text")[:-3],
        "bytes": bytes(range(128, 256)),
    }
    for name, content in harmless.items():
        (tmp_path / name).write_bytes(content)
    assert list(find_pickles(tmp_path)) == []
