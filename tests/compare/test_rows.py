import numpy as np

from hw1.compare.rows import paired_rows


def test_both_predictions_stand_side_by_side_in_the_order_of_a(scored_pair):
    a, b = scored_pair(np.random.default_rng(0), states=2, rows=2)
    rows = paired_rows(a.iloc[::-1], b)
    assert rows["id"].tolist() == [3, 2, 1, 0]
    assert rows["a"].tolist() == a["predicted"].tolist()[::-1]
    assert rows["b"].tolist() == b["predicted"].tolist()[::-1]
    assert "predicted" not in rows


def test_keys_of_another_kind_are_other_rows(scored_pair):
    a, b = scored_pair(np.random.default_rng(0), states=2, rows=2)
    assert paired_rows(a, b.assign(id=b["id"].astype(str))) is None
