"""One profile of hypothesis for all generated cases: the same ones in every default run."""

import os
from collections.abc import Generator
from functools import wraps

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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None, object, object]:
    """Say how many cases a test has really tried: duplicates and unfit ones are none."""
    handle = getattr(item.function, "hypothesis", None)
    if handle is None:
        return (yield)
    tried, try_one = 0, handle.inner_test

    @wraps(try_one)
    def counted(*arguments: object, **named: object) -> None:
        nonlocal tried
        try_one(*arguments, **named)
        tried += 1

    handle.inner_test = counted
    try:
        return (yield)
    finally:
        handle.inner_test = try_one
        item.user_properties.append(("cases", tried))
