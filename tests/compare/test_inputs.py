from hw1.compare.inputs import ABSENT, feature_changes, parameter_changes


def keys(changes):
    return [change.key for change in changes]


def test_parameters_that_differ_stand_in_the_pipelines_order(make_side):
    b = {"train.model": "ridge", "ingest.edition": "2022", "train.hidden": [16]}
    changes = parameter_changes(make_side(None), make_side(None, b))
    assert keys(changes) == ["ingest.edition", "train.hidden", "train.model"]
    assert (changes[1].a, changes[1].b) == ([16, 8], [16])


def test_a_key_of_one_side_is_told_from_null(make_side):
    a, b = make_side(None, {"train.new": None}), make_side(None, {"other.key": 1})
    changes = parameter_changes(a, b)
    assert [(change.key, change.a, change.b) for change in changes] == [
        ("train.new", None, ABSENT),
        ("other.key", ABSENT, 1),
    ]


def test_equal_values_do_not_differ_but_true_is_not_one(make_side):
    a = make_side(None, {"train.alpha": 1, "train.refit": True})
    b = make_side(None, {"train.alpha": 1.0, "train.refit": 1})
    assert keys(parameter_changes(a, b)) == ["train.refit"]


def test_features_come_and_go_by_score(make_side):
    a = make_side(None, features={"low": 0.1, "both": 0.3, "high": 0.2})
    b = make_side(None, features={"both": 0.3, "new": 0.5})
    changes = feature_changes(a, b)
    assert (changes.count_a, changes.count_b) == (3, 2)
    assert list(changes.gone.items()) == [("high", 0.2), ("low", 0.1)]
    assert changes.came == {"new": 0.5}
    assert changes.scores == ()
    assert not changes.none


def test_scores_that_changed_most_come_first(make_side):
    a = make_side(None, features={"same": 0.1, "up": 0.1, "down": 0.9})
    b = make_side(None, features={"same": 0.1, "up": 0.2, "down": 0.4})
    changes = feature_changes(a, b)
    assert [change.name for change in changes.scores] == ["down", "up"]
    assert changes.scores[0].difference == -0.5
    assert changes.none
    assert changes.kinds is None


def test_scores_of_different_kinds_are_not_compared(make_side):
    by_correlation = make_side(None)
    others = [
        {"features.selection": "lasso"},
        {"features.selection": "mutual_info"},
        {"features.score_target": "level"},
    ]
    for parameters in others:
        changes = feature_changes(by_correlation, make_side(None, parameters, {"cli_day5": 9.0}))
        assert changes.scores == ()
        assert changes.kinds[0] == "correlation with the change"
        assert changes.kinds[0] != changes.kinds[1]


def test_all_manual_and_correlation_measure_the_same(make_side):
    for method in ("manual", "correlation"):
        side = make_side(None, {"features.selection": method, "features.k": 1}, {"cli_day5": 0.3})
        assert [change.name for change in feature_changes(make_side(None), side).scores] == [
            "cli_day5"
        ]


def test_the_lassos_two_scores_are_told_apart(make_side):
    weights = make_side(None, {"features.selection": "lasso"})
    entry = make_side(None, {"features.selection": "lasso", "features.k": 5})
    assert feature_changes(weights, entry).kinds is not None
    assert feature_changes(entry, entry).kinds is None
