"""Rates of a whole visit: means of pictures, three captures, thresholds that hold for both."""

import io
from collections.abc import Mapping

import numpy as np
import pytest

from kiosk.portrait.fusion import Matcher, Template, load_models
from kiosk.portrait.progress import Progress
from kiosk.portrait.visit_rates import Means, score_means, visit_report
from tests.portrait.pictures import MODELS


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return load_models(MODELS, "sface").matcher


def album(people: Mapping[str, int], noise: float) -> tuple[dict[str, Template], dict[str, str]]:
    """Made numbers: ``people`` have so many pictures, each off the person's own by noise."""
    random = np.random.default_rng(7)
    templates: dict[str, Template] = {}
    who = {}
    for person, count in people.items():
        own = random.normal(size=128)
        for number in range(count):
            vector = own + noise * random.normal(size=128)
            name = f"{person}_{number}"
            templates[name] = {"sface": (vector / np.linalg.norm(vector)).astype(np.float32)}
            who[name] = person
    return templates, who


def test_means_leave_out_the_picture_they_are_compared_with(matcher: Matcher) -> None:
    templates, who = album({"li": 7, "wu": 4, "ho": 3, "xu": 1}, noise=1.0)
    means = score_means(matcher, templates, who)
    assert sorted(set(means.people)) == ["li", "wu"]  # ho has two other pictures, too few
    assert means.genuine.size == 7 + 4
    # li: five of seven (two are too few for a second group), wu: four, ho: three pictures
    assert means.impostor.size == (15 - 7) + (15 - 4) + (15 - 3)
    first = matcher.mean([templates[f"li_{number}"] for number in range(1, 6)])
    assert means.genuine[0] == matcher.compare(first, templates["li_0"]).score


def test_score_of_a_mean_is_the_mean_of_the_scores(matcher: Matcher) -> None:
    templates, _ = album({"li": 4, "wu": 1}, noise=1.6)
    reference = templates.pop("wu_0")
    single = [matcher.compare(template, reference).score for template in templates.values()]
    mean = matcher.mean(list(templates.values()))
    score = matcher.compare(mean, reference).score
    assert score == pytest.approx(np.mean(single), abs=0.01)
    assert score <= np.mean(single) + 1e-6  # frames less sure than the reference cost a little


def test_visit_gives_each_capture_a_third_and_holds_for_single_pictures_too() -> None:
    spread = np.arange(300_000.0)
    means = Means(np.array([299_000.0]), spread, ("li",))
    report = visit_report(means, spread + 50)
    assert report["thresholds"]["0.001"] == pytest.approx(299_899 + 50, abs=1e-3)
    assert report["fmr"]["0.001"] == pytest.approx(0.001)
    assert report["thresholds"]["0.0001"] == pytest.approx(299_989 + 50, abs=1e-3)
    assert report["fnmr"]["0.0001"] == 1.0
    assert report["tries"] == 3


def test_visit_of_too_few_pairs_states_nothing() -> None:
    few = Means(np.array([]), np.array([]), ())
    report = visit_report(few, np.arange(3_000_000.0))
    assert set(report["thresholds"].values()) == {None}
    assert set(report["fnmr"].values()) == {None}


def test_thresholds_chosen_elsewhere_give_the_visits_own_false_match_rate() -> None:
    means = Means(np.array([5.0, 50.0]), np.arange(100.0), ("li", "wu"))
    report = visit_report(means, np.arange(200.0) / 2, {"0.01": 90.0})
    assert report["fmr"]["0.01"] == pytest.approx(3 * 0.1)
    assert report["fnmr"]["0.01"] == 1.0
    assert report["fmr"]["0.001"] is None


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal_and_few_lines_in_a_file() -> None:
    terminal, file = _Terminal(), io.StringIO()
    for stream in (terminal, file):
        progress = Progress(stream)
        for done in range(1, 4001):
            progress(done, 4000)
        progress.close()
    assert terminal.getvalue().count("\n") == 1
    assert "\r[###############---------------] 2000/4000 pictures" in terminal.getvalue()
    assert file.getvalue().count("\n") == 10
    assert file.getvalue().splitlines()[-1].startswith("4000/4000 pictures")


def test_a_bar_that_is_left_ends_its_line() -> None:
    terminal = _Terminal()
    progress = Progress(terminal)
    progress(3, 10)
    progress.close()
    assert terminal.getvalue().rstrip(" \n").endswith("left")
    assert terminal.getvalue().count("\n") == 1
