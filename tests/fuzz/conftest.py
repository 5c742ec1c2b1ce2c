"""One profile of hypothesis for all generated cases: the same ones in every default run."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

DEFAULT_CASES = 200

cases = int(os.environ.get("HW1_CASES", DEFAULT_CASES))
settings.register_profile(
    "hw1",
    max_examples=cases,
    # more cases are asked for to see new ones; `make nightly` says their seed
    derandomize=cases <= DEFAULT_CASES,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("hw1")


@pytest.fixture(autouse=True)
def note_cases(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Say how many cases a test tries."""
    if getattr(request.function, "is_hypothesis_test", False):
        record_property("cases", cases)
