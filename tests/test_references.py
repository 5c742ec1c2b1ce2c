import pytest

from hw1.references import COURSES, course_of, own_metric, reference_metrics


@pytest.mark.parametrize(
    ("edition", "metric"),
    [("2021", "rmse"), ("2022", "mse"), ("2023", "mse"), ("sample", "mse"), ("2030", "mse")],
)
def test_each_edition_has_its_own_metric(edition, metric):
    assert own_metric(edition) == metric


@pytest.mark.parametrize("edition", ["2022", "ml2022spring-hw1", "spring-2022"])
def test_a_year_in_the_name_finds_the_course(edition):
    assert course_of(edition) is COURSES["2022"]


@pytest.mark.parametrize("edition", ["sample", "12022", "20221", "1999"])
def test_other_names_belong_to_no_course(edition):
    assert course_of(edition) is None
    assert reference_metrics(edition) == {}


def test_references_say_where_and_in_what_they_were_measured():
    references = reference_metrics("2021")
    assert references["metric"] == "rmse"
    assert "Kaggle" in references["measured_on"]
    assert references["strong"] == 0.88017
    assert "boss" not in references


def test_baselines_get_harder():
    for course in COURSES.values():
        assert list(course.baselines.values()) == sorted(course.baselines.values(), reverse=True)
