"""Parameters of the train stage: target, model, optimisation and ensembling."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from hw1.core.errors import ParamsError
from hw1.core.sections import Section
from hw1.core.survey import Task

SingleModel = Literal[
    "persistence",
    "linear",
    "mlp",
    "ridge",
    "lasso",
    "ard",
    "svr",
    "extra_trees",
    "hist_gradient_boosting",
]
ModelName = Literal[SingleModel, "blend"]
Activation = Literal["relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"]
OptimizerName = Literal["sgd", "adam", "adamw", "rmsprop", "adagrad"]
Device = Literal["auto", "cpu", "cuda"]
ScheduleName = Literal["constant", "step", "exponential", "cosine", "one_cycle"]

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
# far beyond any use, and far below what single precision can hold
Rate = Annotated[float, Field(gt=0, le=1e6)]
Penalty = Annotated[float, Field(ge=0, le=1e6)]
Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]

# fitted in epochs by gradient descent
BY_GRADIENT: tuple[SingleModel, ...] = ("linear", "mlp")
# what can learn each task: probabilities and vectors need a loss, or a form, of their own
LEARNERS: dict[Task, tuple[ModelName, ...]] = {
    "regression": (*get_args(SingleModel), "blend"),
    "classification": ("persistence", "linear", "mlp"),
    "structured": ("persistence", "linear", "ridge", "mlp"),
}
# a fit depends on the seed, so that every seed makes a member
RANDOM: tuple[SingleModel, ...] = (*BY_GRADIENT, "extra_trees")


class OptimizerParams(Section):
    """Which optimizer updates the weights of `linear` and `mlp`, and how."""

    name: OptimizerName
    learning_rate: Rate
    momentum: Fraction
    nesterov: bool
    weight_decay: Penalty

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.name == "sgd" and self.nesterov and self.momentum == 0:
            raise ValueError("`nesterov` needs a `momentum` above 0")
        return self


class ScheduleParams(Section):
    """How the learning rate moves over the epochs."""

    name: ScheduleName
    warmup_epochs: Annotated[int, Field(ge=0)]
    step_epochs: Count
    decay: Annotated[float, Field(gt=0, le=1)]


class EarlyStoppingParams(Section):
    """When training ends before its last epoch."""

    patience: Count | None


class RidgeParams(Section):
    """L2-penalised least squares."""

    alpha: NotNegative


class LassoParams(Section):
    """L1-penalised least squares; `alpha: null` chooses by cross-validation over states."""

    alpha: Positive | None


class ArdParams(Section):
    """Automatic relevance determination: Bayesian regression, one prior width a feature."""

    max_iter: Count
    threshold_lambda: Positive


class SvrParams(Section):
    """Support vector regression with a Gaussian kernel."""

    c: Positive
    epsilon: NotNegative
    gamma: Positive | Literal["scale", "auto"]


class ExtraTreesParams(Section):
    """Extremely randomised trees."""

    trees: Count
    min_samples_leaf: Count
    max_features: Annotated[float, Field(gt=0, le=1)]


class HistGradientBoostingParams(Section):
    """Gradient-boosted trees on binned features."""

    iterations: Count
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    max_leaf_nodes: Annotated[int, Field(ge=2)]
    min_samples_leaf: Count
    l2: NotNegative


class TrainParams(Section):
    """Section `train:` of params.yaml."""

    task: Task
    rise: Annotated[float, Field(ge=-100, le=100)]
    model: ModelName
    blend: list[list[SingleModel]]
    target: Literal["level", "change"]
    target_transform: Literal["none", "arcsine_sqrt"]
    target_standardise: bool
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    seeds: Annotated[int, Field(ge=1, le=1024)]
    refit: bool
    threads: Annotated[int, Field(ge=1, le=256)]
    device: Device

    hidden: list[Count]
    activation: Activation
    dropout: Fraction
    batch_norm: bool
    linear_skip: bool

    epochs: Count
    batch_size: Count | Literal["full"]
    optimizer: OptimizerParams
    l2_loss: Penalty
    schedule: ScheduleParams
    early_stopping: EarlyStoppingParams

    ridge: RidgeParams
    lasso: LassoParams
    ard: ArdParams
    svr: SvrParams
    extra_trees: ExtraTreesParams
    hist_gradient_boosting: HistGradientBoostingParams

    @property
    def chains(self) -> list[list[SingleModel]]:
        """The chains of models to fit: those of the blend, else one of a single model."""
        return self.blend if self.model == "blend" else [[self.model]]

    @property
    def by_gradient(self) -> bool:
        """Whether any model to fit is fitted in epochs."""
        return self._fits(*BY_GRADIENT)

    @property
    def random(self) -> bool:
        """Whether the seed changes the fit."""
        return self._fits(*RANDOM)

    def _fits(self, *models: SingleModel) -> bool:
        return any(model in models for chain in self.chains for model in chain)

    @field_validator("blend")
    @classmethod
    def _chains_add_something(cls, chains: list[list[SingleModel]]) -> list[list[SingleModel]]:
        if not chains or not all(chains):
            raise ValueError("give one chain of models or more, such as [[ard], [lasso, mlp]]")
        if any("persistence" in chain[1:] for chain in chains):
            raise ValueError(
                "`persistence` can only begin a chain; after other models it would add nothing"
            )
        return chains

    @model_validator(mode="after")
    def _model_learns_the_task(self) -> Self:
        able = LEARNERS[self.task]
        if self.model not in able:
            raise ValueError(
                f"`task: {self.task}` cannot be learnt by `model: {self.model}`; choose from "
                f"{', '.join(able)}"
            )
        return self

    @model_validator(mode="after")
    def _persistence_blends_with_changes(self) -> Self:
        if self.model == "blend" and self.target == "level" and self._fits("persistence"):
            raise ValueError("`persistence` in `blend` needs `target: change`")
        return self

    @model_validator(mode="after")
    def _mlp_has_layers(self) -> Self:
        if self._fits("mlp") and not self.hidden:
            raise ValueError("model `mlp` needs `hidden`, one width a layer; else use `linear`")
        return self

    @model_validator(mode="after")
    def _warm_up_ends(self) -> Self:
        if self.by_gradient and self.schedule.warmup_epochs >= self.epochs:
            raise ValueError("`schedule.warmup_epochs` must be fewer than `epochs`")
        return self


def require_regression(train: TrainParams, who: str) -> None:
    """Refuse the other tasks where only percentages are understood.

    Args:
        train: section `train:`.
        who: what would need them, such as "`hw1 sweep`".

    Raises:
        ParamsError: `train.task` is another one.
    """
    if train.task != "regression":
        raise ParamsError(
            f"`train.task` is `{train.task}`, but {who} knows `regression` alone; set "
            "`train.task: regression`"
        )
