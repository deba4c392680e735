"""The figures of how far people and the machine agree, and the way from a figure to its cases."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Label
from grader.review import SecondOpinion
from tests.api.doors import Doors
from tests.api.reading_pages import read
from tests.api.review.waiting import done, graded, path_to

CALIBRATION = "/review/calibration"


@pytest.fixture(scope="module")
def client(served: TestClient) -> TestClient:
    """Ten answers of five points each were judged blind, by chance; in five of them point k2 otherwise."""
    doors = Doors(served)
    reviews = doors.application.services.storage.reviews
    for number in range(10):
        grade_id = graded(served)
        done(served, grade_id)
        (given,) = doors.call(reviews.opinions, "local", grade_id)
        doors.call(reviews.erase, "local", [grade_id])
        doors.call(reviews.opine, "local", as_drawn(given, otherwise=number < 5))
    done(served, graded(served))
    return served


def as_drawn(given: SecondOpinion, *, otherwise: bool) -> SecondOpinion:
    """The opinion as if it had been given blind on a grade that chance drew."""
    changed: list[Any] = [
        point.model_copy(update={"verdict": Label.COVERED}) if otherwise and point.key_point_id == "k2" else point
        for point in given.points
    ]
    return given.model_copy(update={"blind": True, "drawn": True, "points": tuple(changed)})


def test_the_figures_come_with_intervals_and_the_number_they_rest_on(client: TestClient) -> None:
    page = read(client.get(CALIBRATION))
    assert "90\u202f% agree on 50 verdicts" in page.words
    assert "kappa (" in page.words
    assert page.words.count("too few: figures from 30 verdicts on") == 5, "each of the points has ten"


def test_what_was_not_drawn_by_chance_counts_only_where_that_is_asked_for(client: TestClient) -> None:
    assert "on 55 verdicts" in read(client.get(CALIBRATION, params={"of": "all"})).words
    assert "on 50 verdicts" in read(client.get(CALIBRATION, params={"of": "blind"})).words
    assert "Nothing to compare yet" in read(client.get(CALIBRATION, params={"question": "DL0001"})).words


def test_a_figure_leads_to_its_cases_and_these_to_the_grades(client: TestClient) -> None:
    page = read(client.get(CALIBRATION))
    link = next(link for link in page.links if "person=covered" in link and "machine=missing" in link)
    cases = read(client.get(link))
    assert "5 cases" in cases.words
    found = [link for link in cases.links if link.startswith(path_to(""))]
    assert len(found) == 5
    assert read(client.get(found[0])).words
    assert "0 cases" in read(client.get(f"{CALIBRATION}/cases", params={"point": "k99"})).words
