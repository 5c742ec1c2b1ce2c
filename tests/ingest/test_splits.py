import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError
from hw1.ingest.audit import leaked_rows
from hw1.ingest.splits import split_folds, torch_permutation
from hw1.params.ingest import SplitParams

DAYS = 5


def table(lengths):
    """Training rows of chains with the given lengths, two chains a state, shuffled."""
    rows = [
        {"state": f"S{chain // 2}", "chain": chain, "position": position}
        for chain, length in enumerate(lengths)
        for position in range(length)
    ]
    frame = pd.DataFrame(rows).sample(frac=1, random_state=0).reset_index(drop=True)
    return frame.assign(id=np.arange(len(frame)) * 3)


def split(frame, method, **changes):
    settings = {"method": method, "fraction": 0.2, "folds": 3, "seed": 0} | changes
    return split_folds(frame, DAYS, SplitParams(**settings))


def leaked(frame, folds):
    """The audit's count, with days told apart by chain and place."""
    days = frame["position"].to_numpy()[:, None] + np.arange(DAYS)
    identities = frame["chain"].to_numpy()[:, None] * 1000 + days
    return leaked_rows(frame["id"].to_numpy(), identities, folds)


TRAIN = table([60, 50, 40, 31, 8, 60])


@pytest.mark.parametrize("method", ["forward", "rolling", "blocks", "state"])
def test_no_held_out_day_is_seen(method):
    folds = split(TRAIN, method)
    assert leaked(TRAIN, folds) == 0
    merged = folds.merge(TRAIN, on="id")
    for _, fold in merged.groupby("fold"):
        fitted, held_out = (fold[fold["role"] == role] for role in ("train", "validation"))
        for chain, rows in held_out.groupby("chain"):
            near = fitted[fitted["chain"] == chain]["position"].to_numpy()
            distance = np.abs(near[:, None] - rows["position"].to_numpy())
            assert distance.size == 0 or distance.min() > DAYS


def test_random_leaks_nearly_everything():
    folds = split(TRAIN, "random")
    held_out = (folds["role"] == "validation").sum()
    assert leaked(TRAIN, folds) > 0.8 * held_out
    assert held_out == int(0.2 * len(TRAIN))
    assert len(folds) == len(TRAIN)


def test_forward_holds_out_the_end_of_every_chain():
    folds = split(TRAIN, "forward").merge(TRAIN, on="id")
    held_out = folds[folds["role"] == "validation"]
    assert held_out["chain"].nunique() == 6
    for chain, rows in held_out.groupby("chain"):
        length = (TRAIN["chain"] == chain).sum()
        assert sorted(rows["position"]) == list(range(length - round(0.2 * length), length))
        fitted = folds[(folds["role"] == "train") & (folds["chain"] == chain)]["position"]
        assert len(fitted) == 0 or fitted.max() < rows["position"].min() - DAYS


def test_rolling_trains_on_the_past_only():
    folds = split(TRAIN, "rolling").merge(TRAIN, on="id")
    assert folds["fold"].nunique() == 3
    for _, rows in folds.groupby(["fold", "chain"]):
        fitted = rows[rows["role"] == "train"]["position"]
        held_out = rows[rows["role"] == "validation"]["position"]
        assert fitted.empty or held_out.empty or fitted.max() < held_out.min()


def test_blocks_hold_every_row_out_once_and_weigh_offsets_alike():
    folds = split(TRAIN, "blocks")
    held_out = folds[folds["role"] == "validation"]
    assert sorted(held_out["id"]) == sorted(TRAIN["id"])
    assert held_out["weight"].sum() == pytest.approx(len(held_out))
    rows = held_out.merge(TRAIN, on="id")
    lengths = TRAIN.groupby("chain").size()
    start = rows["chain"].map(lengths) * (rows["fold"] // DAYS) // 3
    offset = (rows["position"] - start) % DAYS
    assert (offset == rows["fold"] % DAYS).all()
    np.testing.assert_allclose(rows.groupby(offset)["weight"].sum(), len(rows) / DAYS)


def test_held_out_windows_of_a_block_do_not_overlap():
    held_out = split(TRAIN, "blocks").query("role == 'validation'").merge(TRAIN, on="id")
    for _, rows in held_out.groupby(["fold", "chain"]):
        assert (np.diff(np.sort(rows["position"])) == DAYS).all()


@pytest.mark.parametrize("method", ["forward", "rolling", "state"])
def test_of_a_chain_only_the_earliest_held_out_window_is_shown(method):
    folds = split(TRAIN, method).merge(TRAIN, on="id")
    shown = folds[folds["shown"]]
    held_out = folds[folds["role"] == "validation"]
    assert set(shown["role"]) == {"validation"}
    first = held_out.groupby(["fold", "chain"])["position"].min()
    pd.testing.assert_series_equal(shown.groupby(["fold", "chain"])["position"].max(), first)


def test_prevalence_holds_out_the_highest_levels_and_shows_none_of_them():
    frame = TRAIN.assign(level=np.random.default_rng(0).normal(size=len(TRAIN)).cumsum())
    folds = split(frame, "prevalence").merge(frame, on="id")
    fitted, held_out = (folds[folds["role"] == role] for role in ("train", "validation"))
    assert held_out["level"].min() > fitted["level"].max()
    assert len(held_out) == pytest.approx(0.2 * len(frame), abs=1)
    assert not folds["shown"].any()
    assert leaked(frame, split(frame, "prevalence")) == 0


def test_states_are_held_out_whole():
    folds = split(TRAIN, "state").merge(TRAIN, on="id")
    for _, rows in folds.groupby("fold"):
        fitted, held_out = (set(rows[rows["role"] == r]["state"]) for r in ("train", "validation"))
        assert not fitted & held_out
        assert fitted | held_out == set(TRAIN["state"])


def test_order_of_rows_in_the_file_does_not_matter_where_time_decides():
    shuffled = TRAIN.sample(frac=1, random_state=1)
    for method in ("forward", "rolling", "blocks", "state"):
        first, second = (split(frame, method) for frame in (TRAIN, shuffled))
        key = ["fold", "id"]
        pd.testing.assert_frame_equal(
            first.sort_values(key, ignore_index=True), second.sort_values(key, ignore_index=True)
        )


def test_says_which_fold_has_no_rows():
    with pytest.raises(DataError, match="split `rolling` leaves fold 0 without training rows"):
        split(table([12, 12]), "rolling", folds=4, fraction=0.25)


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (1, 3), (2, 1), (10, 0), (2699, 5201314)])
def test_permutation_is_the_one_that_torch_draws(count, seed):
    torch = pytest.importorskip("torch")
    expected = torch.randperm(count, generator=torch.Generator().manual_seed(seed)).numpy()
    np.testing.assert_array_equal(torch_permutation(count, seed), expected)


def test_random_holds_out_the_rows_of_the_courses_random_split():
    torch = pytest.importorskip("torch")
    count = len(TRAIN)
    held_out = int(0.2 * count)
    _, validation = torch.utils.data.random_split(
        range(count),
        [count - held_out, held_out],
        generator=torch.Generator().manual_seed(5201314),
    )
    folds = split(TRAIN, "random", seed=5201314)
    expected = TRAIN["id"].to_numpy()[sorted(validation.indices)]
    assert folds[folds["role"] == "validation"]["id"].tolist() == expected.tolist()


def test_missing_windows_do_not_open_a_leak():
    """Positions count days, so the gap is one of days even where rows are missing."""
    holed = TRAIN[TRAIN["position"] % 9 != 4].reset_index(drop=True)
    for method in ("forward", "rolling", "blocks", "state"):
        assert leaked(holed, split(holed, method)) == 0


def test_a_chain_too_short_to_hold_out_anything_is_fitted_on_whole():
    frame = table([60, 2])
    folds = split(frame, "forward").merge(frame, on="id")
    assert (folds["chain"] == 1).sum() == 2
