from hw1.board.standing import sections_of
from hw1.compare.difference import compare


def verdicts(section):
    return {each.row.name: each.verdict for each in section.standings}


def test_the_best_comes_first_and_noise_is_told_from_more(entries, variant):
    found = entries(variant("clear", 1.5), variant("close", 1.01), variant("best", 1.0))
    (section,) = sections_of(found)
    assert verdicts(section) == {"best": "best", "close": "noise", "clear": "worse"}
    assert [*verdicts(section)] == ["best", "close", "clear"]


def test_it_is_the_rule_of_diff(entries, variant):
    a, b = entries(variant("a", 1.0), variant("b", 1.2))
    (section,) = sections_of([a, b])
    comparison = compare(a.side, b.side)
    assert comparison.winner == "a"
    assert section.standings[1].paired == comparison.paired


def test_noise_of_seeds_counts(entries, variant):
    noisy = {"members": 2, "mse_mean": 1.0, "mse_deviation": 1.0}
    (section,) = sections_of(entries(variant("a"), variant("b", 1.5, seeds=noisy)))
    assert verdicts(section)["b"] == "noise"


def test_splits_have_sections_of_their_own_and_the_one_in_use_is_first(entries, variant):
    found = entries(
        variant("a", method="blocks"),
        variant("b", method="random"),
        variant("c", transductive=True),
        variant("d"),
        variant("e", method="rolling"),
    )
    sections = sections_of(found, "rolling")
    assert [(each.kind, each.method) for each in sections] == [
        ("forecast", "rolling"),
        ("forecast", "blocks"),
        ("forecast", "forward"),
        ("transductive", "forward"),
        ("leaking", "random"),
    ]
    assert verdicts(sections[-1]) == {"b": None}
    assert sections[0].label == "rolling"


def test_other_rows_come_last_and_are_not_judged(entries, variant):
    found = entries(variant("a"), variant("b", 1.5), variant("elsewhere", 0.1, fold=1))
    (section,) = sections_of(found)
    assert verdicts(section) == {"a": "best", "b": "worse", "elsewhere": "other rows"}
    assert [*verdicts(section)][-1] == "elsewhere"


def test_without_predictions_nothing_is_judged(project, variant):
    from hw1.board.entries import entry_of

    lost = [entry_of(variant(name).record, project.root / "nowhere") for name in "ab"]
    (section,) = sections_of(lost)
    assert set(verdicts(section).values()) == {"no files"}


def test_probabilities_are_ranked_apart_from_percentages_and_by_their_own_loss(
    entries, variant, classification
):
    found = entries(
        classification("flat", 0.66, sharpness=0.1),
        variant("a"),
        classification("sharp", 0.55, sharpness=2.0),
        classification("other", 0.6, rise=1.0),
        variant("b", 1.5, parameters={"train.task": "structured", "features.last_day": False}),
    )
    sections = sections_of(found)
    assert [(each.metric, each.rise) for each in sections] == [
        ("mse", None),
        ("cross_entropy", 0.5),
        ("cross_entropy", 1.0),
    ]
    assert verdicts(sections[0]) == {"a": "best", "b": "worse"}
    assert verdicts(sections[1]) == {"sharp": "best", "flat": "worse"}
    assert sections[1].standings[1].paired.loss == "cross_entropy"
