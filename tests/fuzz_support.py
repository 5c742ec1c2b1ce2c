"""Ways to damage a file, drawn by hypothesis, and what a message about the damage must hold."""

import re
from collections.abc import Callable

from hypothesis import strategies as st

Mutator = Callable[[bytes, int, int, bytes], bytes]
"""Of content, two whole numbers that say where, and a text to put there."""
Mutation = tuple[Mutator, int, int, bytes]

FIELDS = [
    *("", " ", "nan", "NaN", "inf", "-inf", "Infinity", "NA", "null", "None", "True", "x"),
    *("1e400", "-1e400", "1e300", "1e-400", "1e", "e1", ".", ".5", "5.", "+1", "--1", "-0", "-0.0"),
    *("0", "1", "2", "0.5", "100", "101", "100.0000000000000142", "9007199254740993", "9" * 30),
    *("0x10", "1_000", "1 000", "1,5", "1.000,5", "١٢", "１", "½", "1\u00a0", "\u20091", "\t1\t"),
    *('"1"', '"1"2', '1"2', '"', '""', '"1', "'1'", "\x0b1", "1\x00", "1;2", "a\nb", '"1\n"'),
    *(
        "id",
        "tested_positive",
        "cli",
        "cli.1",
        "Public",
        "public",
        "Secret",
        "1" * 400,
        "#",
        "\ufeff1",
    ),
]
"""What people, spreadsheets and other programs write where a number belongs."""
VALUES = [
    *("null", "~", "true", "yes", "0", "1", "2", "-1", "0.5", "1.0", "1e-05", "1e300", "1e400"),
    *("9" * 40, "9" * 5000, "0x10", "0o17", "1_000", "١٢", ".nan", ".inf", "-.INF", "12:30:45"),
    *("2020-01-01", "2020-13-45", "2020-01-01T25:61:00Z", "mlp", "sample", "random", "both", "all"),
    *("[]", "{}", "[1]", "[16, 8]", "[1, [2, {a: b}]]", "{a: {b: {c: [1]}}}", "[[ard, [mlp]]]"),
    *(
        "!!int x",
        "!!int 7",
        "!!float y",
        "!!float 1",
        "!!bool z",
        "!!null x",
        "!!str 1",
        "!!binary x",
    ),
    *("!!binary '///'", "!!set {a, b}", "!!omap [a: 1]", "!!omap x", "!!pairs [a: 1]", "!!seq x"),
    *("!!map [1]", "!!timestamp x", "!unknown x", "!!python/object/apply:os.system [ls]"),
    *("&a [*a]", "&a {b: *a}", "*nothing", "&x 1", "<<: *nothing", "{<<: 1}", "{<<: [1]}"),
    *(
        "{a: 1, a: 2}",
        "{[1]: 2}",
        "{{a: 1}: 2}",
        "? x",
        "- x",
        "'",
        '"',
        r'"\xZZ"',
        "|",
        "> x",
        "@",
    ),
    *("`", "%TAG ! x", "%YAML 9.9", "---", "...", "--- x", "#", "\x00", "\x07", "\ufffe", "\u2028"),
    *("\x85", "\t1", "[" * 50, "[" * 3000, "[" * 60_000, "{a: " * 300, "- " * 60_000),
    *("[" * 900 + "]" * 900, "epochs", "train", "x" * 3000, "1e-400", "-0.0", "4294967296"),
]
"""What may stand in the place of a key or value of a YAML file."""
PIECES = [
    *(
        b"\x00",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b'"',
        b'""',
        b",",
    ),
    *(b",,", b" ", b"\t", b"\x0b", b"\x0c", b"\xe2\x80\xa8", b"\x1c", b"\xc2\x85", b"\xc2\xa0"),
    *(b";", b"#", b"-", b"e", b".", b"\\", b"'", b"\x1a"),
]


def flip_byte(content: bytes, first: int, second: int, text: bytes) -> bytes:
    place = first % max(len(content), 1)
    flipped = bytes(byte ^ (1 << second % 8) for byte in content[place : place + 1])
    return content[:place] + flipped + content[place + 1 :]


def insert_piece(content: bytes, first: int, second: int, text: bytes) -> bytes:
    place = first % (len(content) + 1)
    return content[:place] + PIECES[second % len(PIECES)] + content[place:]


def cut_off(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return content[: first % (len(content) + 1)]


def drop_piece(content: bytes, first: int, second: int, text: bytes) -> bytes:
    place = first % (len(content) + 1)
    return content[:place] + content[place + second % 40 :]


def drop_line(content: bytes, first: int, second: int, text: bytes) -> bytes:
    lines = content.split(b"\n")
    del lines[first % len(lines)]
    return b"\n".join(lines)


def double_line(content: bytes, first: int, second: int, text: bytes) -> bytes:
    lines = content.split(b"\n")
    lines.insert(second % len(lines), lines[first % len(lines)])
    return b"\n".join(lines)


def swap_lines(content: bytes, first: int, second: int, text: bytes) -> bytes:
    lines = content.split(b"\n")
    one, other = first % len(lines), second % len(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def blank_line(content: bytes, first: int, second: int, text: bytes) -> bytes:
    lines = content.split(b"\n")
    fillings = (b"", b" ", b"\t", b",", b"," * lines[0].count(b","), b'""', b"\r")
    lines.insert(first % len(lines), fillings[second % len(fillings)])
    return b"\n".join(lines)


def replace_field(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return _with_fields(content, first, second, lambda *_: [text])


def quote_field(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return _with_fields(content, first, second, lambda fields, at: [b'"' + fields[at] + b'"'])


def add_field(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return _with_fields(content, first, second, lambda fields, place: [text, fields[place]])


def drop_field(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return _with_fields(content, first, second, lambda *_: [])


def change_header(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return replace_field(content, 0, second, text)


def swap_columns(content: bytes, first: int, second: int, text: bytes) -> bytes:
    lines = [line.split(b",") for line in content.split(b"\n")]
    for fields in lines:
        one, other = first % len(fields), second % len(fields)
        fields[one], fields[other] = fields[other], fields[one]
    return b"\n".join(b",".join(fields) for fields in lines)


def replace_column(content: bytes, first: int, second: int, text: bytes) -> bytes:
    lines = content.split(b"\n")
    body = [
        b",".join([text if at == first % 8 else field for at, field in enumerate(line.split(b","))])
        for line in lines[1:]
        if line
    ]
    return b"\n".join([lines[0], *body])


def lengthen_rows(content: bytes, first: int, second: int, text: bytes) -> bytes:
    """Every row but the header, by a field at its beginning or end."""
    header, *body = content.split(b"\n")
    longer = [(b"0," + line if first % 2 else line + b",") for line in body if line]
    return b"\n".join([header, *longer])


def encode_otherwise(content: bytes, first: int, second: int, text: bytes) -> bytes:
    names = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037")
    return content.decode("utf-8", "replace").encode(names[first % len(names)], "replace")


def end_lines_otherwise(content: bytes, first: int, second: int, text: bytes) -> bytes:
    ends = (b"\r\n", b"\r", b"\n\r", b"\r\r\n", b" \n", b",\n", b";\n")
    return content.replace(b"\n", ends[first % len(ends)])


def separate_otherwise(content: bytes, first: int, second: int, text: bytes) -> bytes:
    return content.replace(b",", (b";", b"\t", b", ", b" ,", b",,")[first % 5])


def set_value(content: bytes, first: int, second: int, text: bytes) -> bytes:
    """Of a YAML line that has one."""
    return _with_line(content, first, lambda key, colon, _: key + colon + b" " + text)


def set_key(content: bytes, first: int, second: int, text: bytes) -> bytes:
    def change(key: bytes, colon: bytes, value: bytes) -> bytes:
        return key[: len(key) - len(key.lstrip())] + text + colon + value

    return _with_line(content, first, change)


def indent_line(content: bytes, first: int, second: int, text: bytes) -> bytes:
    indents = (b"  ", b"\t", b" ", b"- ", b"? ")
    return _with_line(content, first, lambda *line: indents[second % len(indents)] + b"".join(line))


def _with_line(content: bytes, first: int, change: Callable[..., bytes]) -> bytes:
    lines = content.split(b"\n")
    keyed = [at for at, line in enumerate(lines) if b":" in line.partition(b"#")[0]]
    if keyed:
        at = keyed[first % len(keyed)]
        lines[at] = change(*lines[at].partition(b":"))
    return b"\n".join(lines)


def _with_fields(
    content: bytes, first: int, second: int, change: Callable[[list[bytes], int], list[bytes]]
) -> bytes:
    lines = content.split(b"\n")
    at = first % len(lines)
    fields = lines[at].split(b",")
    place = second % len(fields)
    fields[place : place + 1] = change(fields, place)
    lines[at] = b",".join(fields)
    return b"\n".join(lines)


MUTATORS: list[Mutator] = [
    *(replace_field, replace_field, replace_field, add_field, drop_field, quote_field),
    *(flip_byte, insert_piece, insert_piece, cut_off, drop_piece, drop_line, double_line),
    *(swap_lines, blank_line, change_header, swap_columns, replace_column, lengthen_rows),
    *(encode_otherwise, end_lines_otherwise, separate_otherwise),
]
YAML_MUTATORS: list[Mutator] = [
    *(set_value, set_value, set_value, set_key, indent_line, flip_byte, insert_piece, cut_off),
    *(drop_piece, drop_line, double_line, swap_lines, encode_otherwise, end_lines_otherwise),
]

PLACES = st.integers(0, 2**20)


def mutations(mutators: list[Mutator] = MUTATORS, texts: list[str] = FIELDS, most: int = 3):
    """One to `most` mutations, of which each gives the next its content."""
    encoded = [text.encode() for text in texts]
    one = st.tuples(st.sampled_from(mutators), PLACES, PLACES, st.sampled_from(encoded))
    return st.lists(one, min_size=1, max_size=most)


def mutated(content: bytes, steps: list[Mutation]) -> bytes:
    for mutate, first, second, text in steps:
        content = mutate(content, first, second, text)
    return content


def assert_names_a_place(problem: Exception, files: str) -> None:
    """Its message names one of `files`, a pattern, and then a place in it or that it is bare."""
    place = r"line \d+|is empty|is missing|a header but no rows"
    assert re.search(rf"({files})\b.*({place})", str(problem), re.DOTALL), problem
