"""What all parts are told: how much to measure, and on which data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_support import Project, new_project
from support import SMALL

from bench.speed import ROOT
from hw1.core.sections import read_params
from hw1.params.train import TrainParams
from hw1.simulate import SimulationConfig, write_edition
from hw1.simulate.config import state_names
from hw1.variants import ShippedVariant, find_variant, overridden

SAMPLE = "sample"
REAL = "2022"
# as many columns beside the id as the course's sample code sees in 2022 with it: 117
LIKE_2022 = SimulationConfig(states=state_names(38), train_rows=2700, test_rows=1078)


@dataclass(frozen=True)
class Setting:
    """How a benchmark is run.

    Attributes:
        quick: a small edition and few steps: whether it works, not how fast it is.
        repetitions: figures a contestant.
        real: folder with the real editions' folders; None measures on the sample.
    """

    quick: bool = False
    repetitions: int = 5
    real: Path | None = None

    @property
    def edition(self) -> str:
        """The edition that pipelines are measured on."""
        return SAMPLE if self.real is None or self.quick else REAL

    @contextmanager
    def project(self) -> Iterator[Project]:
        """A clone of the working tree, with its own git, DVC and MLflow, and nothing run yet."""
        with TemporaryDirectory(prefix="hw1-speed-") as temporary:
            project = new_project(Path(temporary) / "project", SMALL if self.quick else None)
            if not self.quick:
                _bring_edition(project, self.edition, self.real)
            yield project

    def csv_files(self, project: Project) -> tuple[Path, Path]:
        """The training and the test file of the edition in a clone."""
        folder = project.root / "data" / "raw" / self.edition
        return folder / "covid.train.csv", folder / "covid.test.csv"


def _bring_edition(project: Project, edition: str, real: Path | None) -> None:
    write_edition(project.root / "data" / "raw" / SAMPLE, SimulationConfig())
    if edition != SAMPLE:
        assert real is not None
        source = str((real / edition).resolve())
        project.run("hw1", "fetch", edition, "--from", source)
        project.edit("params.yaml", f"  edition: {SAMPLE}", f'  edition: "{edition}"')
    project.git("add", ".")
    project.git("commit", "-qm", "data")


def default_params() -> TrainParams:
    """Section `train:` of params.yaml."""
    return TrainParams(**read_params(ROOT / "params.yaml")["train"])


def shipped(name: str) -> ShippedVariant:
    """One variant of variants.yaml."""
    return find_variant(name, ROOT / "variants.yaml")


def variant_params(name: str) -> TrainParams:
    """Section `train:` as a shipped variant has it."""
    return TrainParams(**overridden(read_params(ROOT / "params.yaml"), shipped(name))["train"])
