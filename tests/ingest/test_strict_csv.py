import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.ingest.strict_csv import read_numbers, read_records

PLAIN = "id,a,a\n0,1.5,2\n1,-3,4e-1\n"


def written(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.rstrip("\n"),
        PLAIN.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        'id,"a",a\n"0","1.5",2\n1,"-3","4e-1"\n',
        PLAIN + "\n\n",
        "\n" + PLAIN,
        "id, a ,a\n0, 1.5,2\n1,-3 , 0.4\n",
    ],
    ids=["plain", "no_newline", "crlf", "bom", "quoted", "blank_end", "blank_start", "spaces"],
)
def test_reads_harmless_spellings_alike(tmp_path, content):
    table = read_numbers(written(tmp_path, content))
    assert table.header == ["id", "a", "a"]
    np.testing.assert_array_equal(table.values, [[0, 1.5, 2], [1, -3, 0.4]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("id,a\n", "has a header but no rows"),
        ("id,a\n0,1\n1,x\n", r"line 3, column 2 \(`a`\) holds 'x'"),
        ("id,a\n0,\n", r"line 2, column 2 \(`a`\) is empty"),
        ("id,a\n0,nan\n", r"line 2, column 2 \(`a`\) holds 'nan'"),
        ("id,a\n0,inf\n", "holds 'inf'"),
        ("id,a\n0,1e999\n", r"line 2, column 2 \(`a`\) holds '1e999'"),
        ("id,a\n0,٣\n", "line 2, column 2"),
        ("id,a\n0,1,2\n", "line 2: 3 fields where the header has 2"),
        ("id,a,b\n0,1,2\n1,3", r"line 3: 2 fields where the header has 3 \(is the file cut off"),
        ("id,a\n0,1\n\n1,y\n", "line 4, column 2"),
        (b"id,a\n0,\xff\n", "line 2: not UTF-8"),
        ("id,a\n0,1_000\n", "holds '1_000'"),
        ("id,a\n0,1\u00a0\n", r"line 2, column 2 \(`a`\) holds '1\\xa0'"),
        ("id,a\n0,1\n,\n", r"line 3, column 1 \(`id`\) is empty"),
        ("id,a\n0,1\n \n", "line 3: 1 fields where the header has 2"),
        ('id,a\n0,1\n1,"1"2\n', r"line 3: no field of a CSV file .*expected after"),
        ('""\nid,a\n0,1\n', "line 2: 2 fields where the header has 1"),
        ('\n"id\n",a\n0,1\n', r"line 2: no field of a CSV file"),
    ],
)
def test_names_the_place_of_a_fault(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read_numbers(written(tmp_path, content))


def test_names_a_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"nothing\.csv is missing"):
        read_numbers(tmp_path / "nothing.csv")


def test_place_counts_blank_lines(tmp_path):
    table = read_numbers(written(tmp_path, "id,a\n\n0,1\n\n1,2\n"))
    assert "line 5, column 2 (`a`)" in table.place(1, 1)


@pytest.mark.parametrize("line", [1, 3])
def test_a_quote_that_is_never_closed_is_found(tmp_path, line):
    """Also where the rest of the file is more than a field of Python's reader may hold."""
    lines = [PLAIN.splitlines()[0], *("0,1.5,2" for _ in range(30_000))]
    lines[line - 1] = '"' + lines[line - 1]
    path = written(tmp_path, "\n".join(lines))
    with pytest.raises(DataError, match=rf"file\.csv, line {line}\b.*"):
        read_numbers(path)


@pytest.mark.fault("hostile names")
def test_a_name_that_cannot_be_shown_is_refused_and_shown_harmlessly(tmp_path, record_property):
    refused = {
        "a\x1b[31mred": r"'a\\x1b\[31mred' holds characters that cannot be seen",
        "a\x07": "cannot be seen",
        "a\x00b": "cannot be seen",
        "a\u202egnp": r"'a\\u202egnp' holds characters that cannot be seen",
        "a\u200bb": "cannot be seen",
        "a\u2028b": "cannot be seen",
        "a\x9bb": "cannot be seen",
        "W" * 65: "is longer than 64 characters",
        "W" * 100_000: "is longer than 64 characters",
        "=1+1": "would be a formula in a spreadsheet",
        "+1": "formula",
        "-1": "formula",
        "@SUM(1)": "formula",
        "</script><img src=x onerror=alert(1)>": "would end a script",
        "a</SCRIPT >": "would end a script",
        "<!--<script>": "would end a script",
    }
    for name, message in refused.items():
        path = written(tmp_path, f"id,{name}\n0,1\n")
        for read in (read_numbers, read_records):
            with pytest.raises(DataError, match=rf"file\.csv, line 1, column 2: .*{message}") as no:
                read(path)
            assert str(no.value).isprintable()
            assert len(str(no.value)) < 400
    record_property("cases", len(refused))


def test_names_in_any_language_are_names(tmp_path):
    header = ["id", "Zürich", "New York", "東京", "W" * 64, "a-b", "[x]<y>"]
    path = written(tmp_path, ",".join(header) + "\n" + ",".join("0" * len(header)) + "\n")
    assert read_numbers(path).header == header
