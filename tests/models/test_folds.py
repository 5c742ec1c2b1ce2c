import pytest
from train_support import design_table, make_params

from hw1.core.errors import DataError
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.models.folds import fit_folds, planned_epochs, planned_folds, summarise

DESIGNS = {
    "0": to_design("0", design_table(seed=0)),
    "1": to_design("1", design_table(rows=60, seed=1)),
    "final": to_design("final", design_table(seed=0, validation=False)),
}


def ignore(fold, epoch):
    pass


def test_final_is_fitted_last_and_only_on_refit():
    seen = []

    def remember(fold, epoch):
        seen.append(fold)

    fits = fit_folds(make_params(model="ridge"), DESIGNS, remember)

    assert list(fits) == seen == ["0", "1", "final"]
    assert fits["final"].validation_mse is None
    assert list(fit_folds(make_params(model="ridge", refit=False), DESIGNS, ignore)) == ["0", "1"]


def test_refit_trains_for_the_mean_of_the_folds_epochs():
    params = make_params(epochs=200, seeds=2, early_stopping={"patience": 3})

    fits = fit_folds(params, DESIGNS, ignore)

    alone = [fit_fold(params, DESIGNS[fold]).kept_epochs for fold in ("0", "1")]
    expected = [int((first + second) / 2 + 0.5) for first, second in zip(*alone, strict=True)]
    assert fits["final"].kept_epochs == expected


def test_folds_that_train_on_the_same_rows_share_a_fit():
    table = design_table(seed=0)
    other = table[(table["role"] == "train") | (table.index % 2 == 0)]
    designs = {"0": to_design("0", table), "1": to_design("1", other)}
    seen = []
    params = make_params(model="ridge", refit=False)

    fits = fit_folds(params, designs, lambda fold, _: seen.append(fold))

    assert seen == ["0"]
    alone = fit_fold(params, designs["1"])
    assert fits["1"].validation_mse == alone.validation_mse != fits["0"].validation_mse
    assert fits["1"].train_mse == alone.train_mse


def test_early_stopping_by_other_rows_is_a_fit_of_its_own():
    table = design_table(seed=0)
    other = table[(table["role"] == "train") | (table.index % 2 == 0)]
    designs = {"0": to_design("0", table), "1": to_design("1", other)}
    params = make_params(early_stopping={"patience": 1}, refit=False)
    seen = set()
    fit_folds(params, designs, lambda fold, _: seen.add(fold))
    assert seen == {"0", "1"}


def test_refit_trains_every_network_of_a_blend_for_its_own_mean():
    params = make_params(
        model="blend",
        blend=[["linear"], ["lasso", "mlp"]],
        epochs=200,
        seeds=2,
        early_stopping={"patience": 3},
    )

    fits = fit_folds(params, DESIGNS, ignore)

    kept = [fits[fold].kept_epochs for fold in ("0", "1")]
    expected = [int((first + second) / 2 + 0.5) for first, second in zip(*kept, strict=True)]
    assert fits["final"].kept_epochs == expected
    assert len(expected) == 4


def test_a_member_of_a_blend_holds_its_share_of_every_model():
    params = make_params(model="blend", blend=[["ridge"], ["ridge", "linear"]], seeds=2)

    summary = summarise(fit_folds(params, DESIGNS, ignore), DESIGNS)

    assert (summary["members"], summary["parameters"]) == (2, 4 + 4)


def test_summary_weighs_folds_by_their_validation_rows():
    params = make_params(model="linear", seeds=2)
    fits = fit_folds(params, DESIGNS, ignore)

    summary = summarise(fits, DESIGNS)

    errors = [fits[fold].validation_mse for fold in ("0", "1")]
    assert summary["valid_mse"] == pytest.approx((2 * errors[0] + errors[1]) / 3)
    assert summary["members"] == 2
    assert summary["parameters"] == 4
    assert summary["folds"]["0"]["best_epoch"] == 4.0
    assert "valid_mse" not in summary["folds"]["final"]


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(DataError, match="final"):
        planned_folds(make_params(refit=True), {"0": DESIGNS["0"]})
    with pytest.raises(DataError, match="no fold"):
        planned_folds(make_params(refit=False), {"final": DESIGNS["final"]})


def test_only_gradient_descent_has_epochs():
    assert planned_epochs(make_params(model="mlp", epochs=7)) == 7
    assert planned_epochs(make_params(model="ridge", epochs=7)) == 1
    assert planned_epochs(make_params(model="blend", epochs=7)) == 7
    assert planned_epochs(make_params(model="blend", blend=[["ard"]], epochs=7)) == 1
