"""Parameters of the experiment `tasks`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from hw1.core.sections import Section

ModelName = Literal["linear", "ridge", "mlp"]


class ModelsParams(Section):
    """Keys of params.yaml that make each model, by dotted key."""

    linear: dict[str, Any]
    ridge: dict[str, Any]
    mlp: dict[str, Any]


class TasksParams(Section):
    """Section `tasks:` of lectures/params.yaml."""

    rise: Annotated[float, Field(ge=0, le=100)]
    seeds: Annotated[int, Field(ge=2, le=1024)]
    models: ModelsParams

    def overrides(self, model: ModelName, edition: str) -> dict[str, Any]:
        """What is set over params.yaml for one of the models, whatever its task."""
        own: dict[str, Any] = getattr(self.models, model)
        return {
            "ingest.edition": edition,
            "ingest.link": "none",
            "train.model": model,
            "train.seeds": self.seeds,
            "train.device": "cpu",
            **own,
        }
