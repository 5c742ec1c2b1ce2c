"""A trial of a search, beside Optuna around the training loop that students write.

Both try small networks on the same design tables: all folds of the blocked split, the same epochs,
batches, widths and choices of features. Students' loop trains one network after the other with
`DataLoader`, as the course's sample code does. `hw1 sweep` is the whole command: start-up, reading
the CSV files, two worker processes, the journal, the judgement at the end, the publication.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import optuna
import torch
from pipeline_support import Project
from torch import nn
from torch.utils.data import DataLoader

from bench.speed import sample_script as script
from bench.speed.measure import Table, against, alternate, cores, threads
from bench.speed.processes import run
from bench.speed.setting import Setting
from hw1.core.layout import RAW
from hw1.core.sections import read_params
from hw1.models.problem import make_problem
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import TrainParams
from hw1.sweep.data import read_search_data, search_ingest
from hw1.sweep.designs import Designs

OWN_THREADS = "Optuna around a DataLoader loop"
ONE_THREAD = f"{OWN_THREADS}, one thread"
SWEEP = "`hw1 sweep`"
PRUNED = "`hw1 sweep`, with pruning"

WIDTHS = (4, 8, 16, 32)
CHOSEN = (8, 16, 24)
SEEDS = tuple(range(8))
TRIALS, LOADER_TRIALS = 1000, 3
QUICK_TRIALS, QUICK_LOADER_TRIALS = 8, 1

SPACE = """\
sampler: random
trials: {trials}
seeds: 1
objective: members
seed: 0
at_once: 128
pruning: {pruning}
best: 10
unseen: forward
space:
  features.k: {{choices: {chosen}}}
  train.optimizer.learning_rate: {{low: 1.0e-4, high: 3.0e-2, log: true}}
  train.optimizer.weight_decay: {{low: 1.0e-3, high: 3.0, log: true}}
  train.hidden: {{choices: {hidden}}}
  train.seed: {{choices: {seeds}}}
"""


def measure(setting: Setting) -> list[Table]:
    """Seconds a trial."""
    own = cores()
    trials, loader_trials = _counts(setting)
    with setting.project() as project:
        _loader_seconds(project, setting, 1)  # PyTorch's first steps are slow
        contestants = {
            OWN_THREADS: lambda: _loader_seconds(project, setting, own),
            ONE_THREAD: lambda: _loader_seconds(project, setting, 1),
            SWEEP: lambda: _sweep_seconds(project, setting, "null"),
            PRUNED: lambda: _sweep_seconds(project, setting, "{first_epoch: 5, reduction: 3}"),
        }
        values = alternate(contestants, setting.repetitions, warm_up=False)
        epochs = TrainParams(**read_params(project.root / "params.yaml")["train"]).epochs
    title = (
        f"Search over small networks (features x learning rate x weight decay x width x seed), "
        f"edition `{setting.edition}`, {epochs} epochs on every fold of `blocks`: seconds a trial. "
        f"`hw1 sweep` runs {trials} trials with {own} workers, start-up, a last judgement and the "
        f"publication included; the loop runs {loader_trials} a repetition. Building the features "
        "that trials choose is included in both."
    )
    return [Table(title, "s", values, [against(OWN_THREADS), against(ONE_THREAD)])]


def _sweep_seconds(project: Project, setting: Setting, pruning: str) -> float:
    """Seconds a trial of the whole command."""
    trials, _ = _counts(setting)
    lists = {
        "hidden": str([[width] for width in WIDTHS]),
        "chosen": str(list(_chosen(setting))),
        "seeds": str(list(SEEDS)),
    }
    with TemporaryDirectory() as temporary:
        space = Path(temporary) / "space.yaml"
        space.write_text(SPACE.format(trials=trials, pruning=pruning, **lists))
        used = run(["hw1", "sweep", str(space), "--name", "speed", "--again"], project.root)
    return used.seconds / trials


def _counts(setting: Setting) -> tuple[int, int]:
    """Trials of a search, and of the loop."""
    if setting.quick:
        return QUICK_TRIALS, QUICK_LOADER_TRIALS
    return TRIALS, LOADER_TRIALS


def _chosen(setting: Setting) -> tuple[int, ...]:
    return (1, 2, 3) if setting.quick else CHOSEN


def _loader_seconds(project: Project, setting: Setting, count: int) -> float:
    """Seconds a trial of students' loop, reading not included."""
    content = read_params(project.root / "params.yaml")
    ingest = search_ingest(IngestParams(**content["ingest"]))
    features, train = FeaturesParams(**content["features"]), TrainParams(**content["train"])
    _, trials = _counts(setting)
    designs = Designs(read_search_data(ingest, project.root / RAW))

    def objective(trial: optuna.Trial) -> float:
        k = trial.suggest_categorical("k", _chosen(setting))
        rate = trial.suggest_float("learning_rate", 1e-4, 3e-2, log=True)
        decay = trial.suggest_float("weight_decay", 1e-3, 3.0, log=True)
        width = trial.suggest_categorical("width", WIDTHS)
        torch.manual_seed(trial.suggest_categorical("seed", SEEDS))
        chosen = features.model_copy(update={"k": k})
        errors = [
            _loader_loop(train, make_problem(train, design), width, rate, decay)
            for design in designs.of(chosen)
        ]
        return sum(errors) / len(errors)

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    with threads(count):
        started = time.perf_counter()
        study.optimize(objective, n_trials=trials)
        return (time.perf_counter() - started) / trials


def _loader_loop(train, problem, width, rate, decay) -> float:
    """Train one network on one fold as the sample code does; its last validation loss."""
    parts = (problem.design.train, problem.design.validation)
    loaders = [
        DataLoader(
            script.COVID19Dataset(part.x, problem.targets_of(part)),
            batch_size=train.batch_size,
            shuffle=True,
        )
        for part in parts
    ]
    model = nn.Sequential(
        nn.Linear(problem.x.shape[1], width), nn.ReLU(), nn.Linear(width, 1), nn.Flatten(0)
    )
    criterion = nn.MSELoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    error = float("nan")
    for _ in range(train.epochs):
        model.train()
        for x, y in loaders[0]:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        model.eval()
        losses = []
        for x, y in loaders[1]:
            with torch.no_grad():
                losses.append(criterion(model(x), y).item())
        error = sum(losses) / len(losses)
    return error
