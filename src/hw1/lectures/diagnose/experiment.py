"""The experiment as its stage runs it."""

from __future__ import annotations

from hw1.core import layout
from hw1.core.files import rounded
from hw1.core.sections import load_section, read_params
from hw1.ingest.reading import read_edition
from hw1.lectures.diagnose.diagnosis import diagnose, thresholds_of
from hw1.lectures.diagnose.page import render
from hw1.lectures.diagnose.params import DiagnoseParams
from hw1.lectures.diagnose.pictures import draw
from hw1.lectures.diagnose.report import summarise, tables
from hw1.lectures.diagnose.show import text
from hw1.lectures.diagnose.variant import choose_variant
from hw1.lectures.frame.data import edition_in_use
from hw1.lectures.frame.experiment import Experiment, Findings
from hw1.lectures.frame.places import PARAMS
from hw1.variants import DEFAULT


def compute(params: DiagnoseParams) -> Findings:
    """Diagnose the variant that the section names, on the lectures' edition.

    Raises:
        DataError: the edition is missing or damaged.
        ParamsError: there is no such variant, or an override is not valid.
    """
    return _diagnosed(params, edition_in_use())


def _diagnosed(params: DiagnoseParams, edition: str) -> Findings:
    content = read_params()
    overrides = params.overrides | {"ingest.edition": edition}
    variant = choose_variant(params.variant, content, overrides)
    found = diagnose(read_edition(layout.RAW / edition), variant, params)
    usual = str(content["ingest"]["edition"])
    metrics = summarise(found, params.overrides, usual, thresholds_of(params))
    return Findings(metrics, tables(found))


def diagnose_workspace(variant: str = DEFAULT.name) -> str:
    """What is wrong with a variant on the edition in use, as text for the terminal.

    Args:
        variant: a name of variants.yaml, on top of params.yaml as it stands; `default` is that.

    Raises:
        DataError: see `compute`.
        ParamsError: see `compute`.
    """
    from threadpoolctl import threadpool_limits

    section = load_section(EXPERIMENT.name, EXPERIMENT.section, PARAMS)
    edition = str(read_params()["ingest"]["edition"])
    with threadpool_limits(1):
        found = _diagnosed(
            section.model_copy(update={"variant": variant, "overrides": {}}), edition
        )
    return text(rounded(found.metrics))


EXPERIMENT = Experiment("diagnose", DiagnoseParams, compute, draw, render)
