"""Daily views: simulated, from a file, and as windows."""

from datetime import date, timedelta

import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.lectures.views.series import Series, make_windows, read_series
from hw1.lectures.views.simulate import simulate_series


def days_from(first, count):
    return [first + timedelta(days) for days in range(count)]


def test_a_simulated_channel_grows_and_has_weeks():
    series = simulate_series(0, 2017, 2021)
    assert (series.dates[0], series.dates[-1]) == (date(2017, 1, 1), date(2021, 12, 31))
    assert len(series.dates) == len(series.views) == 5 * 365 + 1
    yearly = [
        series.views[[day.year == year for day in series.dates]].mean()
        for year in range(2017, 2022)
    ]
    assert yearly == sorted(yearly)
    weekday = np.array([day.weekday() for day in series.dates])
    assert series.views[weekday == 1].mean() > 1.15 * series.views[weekday == 5].mean()


def test_the_seed_makes_the_views():
    first, again, other = (simulate_series(seed, 2017, 2018).views for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_more_years_change_no_earlier_day():
    short, long = (simulate_series(0, 2017, year).views for year in (2018, 2019))
    np.testing.assert_array_equal(short, long[: len(short)])


def test_windows_hold_yesterday_first_and_know_the_training_days_only():
    dates = days_from(date(2019, 12, 1), 31 + 5)
    series = Series(dates, np.arange(36.0))
    windows = make_windows(series, past_days=3, unseen_year=2020)
    assert windows.dates[0] == date(2019, 12, 4)
    assert windows.mean == np.mean(np.arange(31.0))
    assert windows.scale == pytest.approx(np.std(np.arange(31.0)))
    np.testing.assert_allclose(windows.in_thousands(windows.x[0]), [2.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(windows.in_thousands(windows.y), np.arange(3.0, 36.0))
    assert [day for day, unseen in zip(windows.dates, windows.unseen, strict=True) if unseen] == (
        days_from(date(2020, 1, 1), 5)
    )
    yesterday = windows.x[:, 0]
    for unseen in (False, True):
        assert windows.rmse(yesterday, unseen=unseen) == pytest.approx(1.0)


def test_days_after_the_unseen_year_are_left_out():
    series = Series(days_from(date(2019, 12, 1), 500), np.arange(500.0) % 7)
    assert make_windows(series, 2, 2020).dates[-1] == date(2020, 12, 31)


def test_a_file_is_read_in_thousands(tmp_path):
    path = tmp_path / "views.csv"
    path.write_text("views,date,note\n1500,2020-02-28,a\n250,2020-02-29,b\n0,2020-03-01,c\n")
    series = read_series(path)
    assert series.dates == days_from(date(2020, 2, 28), 3)
    np.testing.assert_array_equal(series.views, [1.5, 0.25, 0.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "is missing; put it there"),
        ("day,views\n2020-01-01,3\n", "column `date` is missing"),
        ("date,views\n2020-01-01,3\n2020-01-03,4\n", "line 3: 2020-01-03 does not follow"),
        ("date,views\n2020-01-01,3\n2020-01-01,4\n", "line 3: 2020-01-01 does not follow"),
        ("date,views\n01/02/2020,3\n", "01/02/2020"),
        ("date,views\n2020-01-01,many\n", "many"),
        ("date,views\n2020-01-01,nan\n", "finite"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, text, message):
    path = tmp_path / "views.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_series(path)


@pytest.mark.parametrize(
    ("first", "count", "views", "message"),
    [
        (date(2019, 1, 1), 100, np.arange(100.0), "there must be days of 2020"),
        (date(2019, 12, 30), 20, np.arange(20.0), "more than 3 days before it"),
        (date(2019, 12, 1), 60, np.ones(60), "nothing to learn"),
    ],
)
def test_days_that_teach_nothing_are_refused(first, count, views, message):
    with pytest.raises(DataError, match=message):
        make_windows(Series(days_from(first, count), views), 3, 2020)
