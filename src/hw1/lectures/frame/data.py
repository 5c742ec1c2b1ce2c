"""Section `data:` of lectures/params.yaml: what all experiments on the survey learn from."""

from hw1.core.sections import Section, load_section
from hw1.lectures.frame.places import PARAMS
from hw1.params.ingest import EditionName


class DataParams(Section):
    """Which data.

    Attributes:
        edition: a folder of data/raw/.
    """

    edition: EditionName


def edition_in_use() -> str:
    """The edition that lectures/params.yaml of the current folder names.

    Raises:
        ParamsError: section `data:` is missing or holds a wrong key, type or value.
    """
    return load_section("data", DataParams, PARAMS).edition
