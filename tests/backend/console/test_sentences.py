"""The sentence why: built from data, in three languages, never more than the data bears."""

import pytest

from backend.console.sentences import (
    CaseFacts,
    KioskToday,
    MeasureFact,
    ScoreFact,
    Why,
    explain,
)
from backend.console.texts import LANGUAGES, words_of
from kiosk.portrait.liveness.challenge import ChallengeState
from kiosk.portrait.results import ReasonKey
from kiosk.values import LivenessOutcome

SHARP = MeasureFact("sharpness", 118, "variance", 40, None)
BLURRED = MeasureFact("sharpness", 22, "variance", 40, None)
DARK = MeasureFact("face_grey", 31, "grey level", 60, 200)


def facts(chip=None, record=None, measures=(SHARP,), **more):
    scores = [("chip", chip), ("record", record)]
    return CaseFacts(
        reason=more.pop("reason", "portrait_not_matched"),
        scores=tuple(ScoreFact(name, value, 0.43) for name, value in scores if value is not None),
        measures=measures,
        **more,
    )


def test_chip_matches_and_record_does_not():
    why = explain(
        facts(
            chip=0.61,
            record=0.21,
            kiosk=KioskToday("3号机", compared=41, failed=1, verdict="record"),
        ),
        "zh-hans",
    )
    assert why.lead == (
        "现场照片合格、与芯片照片相符（0.61）、与登记照片不符（0.21）。登记照片可能不是本人或过旧。"
    )
    assert why.machine == "不是机器问题：3号机最近比对其他 41 人，不符 1 人。"


@pytest.mark.parametrize(
    ("chip", "record", "says"),
    [
        (0.61, 0.21, "may be another person's or too old"),
        (0.21, 0.61, "check that the card belongs to this person"),
        (0.21, 0.22, "Neither portrait matches"),
        (None, 0.22, "only one portrait"),
        (0.61, 0.62, "The comparison itself holds"),
        (0.61, None, "incomplete"),
    ],
)
def test_every_pattern_of_scores_has_its_suggestion(chip, record, says):
    assert says in explain(facts(chip, record), "en").lead


def test_a_bad_capture_outweighs_the_scores_and_is_named():
    why = explain(facts(0.2, 0.2, measures=(BLURRED, DARK)), "en")
    assert "The live portrait is blurred, too dark" in why.lead
    assert "Take a new portrait before judging." in why.lead
    assert "Neither" not in why.lead


def test_a_score_at_its_threshold_holds():
    assert "matches the record (0.43)" in explain(facts(record=0.43), "en").lead


def test_an_unknown_measure_is_said_in_general_words_once():
    odd = MeasureFact("gamut", 9, "", None, 1)
    odder = MeasureFact("tint", 9, "", None, 1)
    lead = explain(facts(0.2, 0.2, measures=(odd, odder)), "en").lead
    assert lead.count("outside a quality limit") == 1


def test_no_measures_no_claim_about_the_capture():
    assert "live portrait" not in explain(facts(0.2, 0.2, measures=()), "en").lead


def test_few_visits_bear_no_verdict_on_the_machine():
    why = explain(facts(0.2, 0.2, kiosk=KioskToday("Kiosk 3", 3, 3)), "en")
    assert why.machine.startswith("Too early to say")


def test_a_wrong_portrait_clears_the_machine():
    why = explain(facts(0.6, 0.2, kiosk=KioskToday("Kiosk 3", 20, 19, "record")), "en")
    assert why.machine.startswith("Not the machine")


def test_a_cleared_machine_is_not_said_with_counts_that_gainsay_it():
    why = explain(facts(0.61, 0.21, kiosk=KioskToday("Kiosk 3", 3, 3, "record")), "en")
    assert why.machine == "Not the machine: on this visit the live portrait did match (Chip)."


def test_few_failures_of_many_make_the_machine_unlikely():
    why = explain(facts(0.2, 0.2, kiosk=KioskToday("Kiosk 3", 41, 1, "person")), "en")
    assert why.machine.startswith("Not likely the machine")


def test_many_failures_point_at_the_machine():
    why = explain(facts(0.2, 0.2, kiosk=KioskToday("Kiosk 3", 20, 9, "machine")), "en")
    assert why.machine.startswith("Possibly the machine")


def test_the_engines_own_word_for_the_machine_counts_from_the_first_visit():
    why = explain(facts(0.2, 0.2, cause="machine", kiosk=KioskToday("Kiosk 3", 1, 1)), "en")
    assert why.machine.startswith("Possibly the machine")


def test_without_a_comparison_the_reason_is_the_sentence():
    why = explain(CaseFacts("no_record", kiosk=KioskToday("Kiosk 3", 30, 0)), "en")
    assert why == Why("The card reads well, but there is no record of it.", "")


def test_a_liveness_alarm_says_so_before_its_scores():
    lead = explain(facts(0.6, 0.6, reason="liveness_alarm"), "en").lead
    assert lead.startswith("The live portrait may not show a live person")


def test_a_reason_of_tomorrow_is_shown_as_it_is():
    assert explain(CaseFacts("moon_phase"), "en").lead == "moon_phase"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", [None, "machine", "capture", "reference", "person"])
def test_no_field_is_left_open_in_any_language(language, cause):
    case = facts(0.6, 0.2, (BLURRED,), cause=cause, kiosk=KioskToday("3", 12, 1))
    assert "{" not in str(explain(case, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_a_kiosk_may_name_has_a_sentence_and_a_short_word(language):
    words = words_of(language)
    for key in ReasonKey:
        assert f"why_short.{key.value}" in words
        lead = explain(facts(0.2, 0.2, why=key.value, figures={"sharpness": 31.4}), language).lead
        assert "{" not in lead
        assert words[f"why_found.{key.value}"].split("{", maxsplit=1)[0] in lead
    for state in {*ChallengeState} - {ChallengeState.RUNNING, ChallengeState.DONE}:
        assert f"why_liveness.{state.value}" in words
    assert {f"liveness.{outcome.value}" for outcome in LivenessOutcome} <= set(words)


def test_a_dirty_lens_is_said_with_its_figures():
    figures = {"sharpness": 21.7, "scene": 9.0, "usual": 118.2, "others": 4.0}
    found = facts(cause="machine", why="dirty_lens", figures=figures, measures=())
    lead = explain(found, "en").lead
    assert "The last 4 residents were blurred as well (now 22): the lens is probably dirty" in lead


def test_a_capture_without_scores_says_why_all_the_same():
    lead = explain(facts(why="covered", measures=()), "en").lead
    assert lead == "The face was covered."


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "That was so in 51 of 70 frames. Turned aside: -23° (limit -16°)."),
        ("zh-hans", "70 帧中 51 帧如此。左右偏转：-23°（界限 -16°）。"),
        ("zh-hant", "70 幀中 51 幀如此。左右偏轉：-23°（界限 -16°）。"),
    ],
)
def test_what_was_wrong_with_a_capture_is_said_with_its_figures(language, says):
    figures = {"frames": 70.0, "failed": 51.0, "yaw": -23.4, "limit": -16.0}
    yaw = MeasureFact("yaw", -22, "degrees", -16, 16)
    assert explain(facts(why="turned", figures=figures, measures=(yaw,)), language).lead.endswith(
        says
    )


def test_what_a_poor_portrait_lacks_is_said():
    figures = {"record": 3.2, "record_sharpness": 12.3, "record_sharpness_limit": 60.0}
    lead = explain(facts(record=0.2, why="reference_poor", figures=figures), "en").lead
    assert "Record, Sharpness: 12.30 (limit 60)." in lead


def test_portraits_that_match_each_other_are_not_said_to_look_like_two_people():
    figures = {"chip": 7.9, "record": 3.4, "chip_record": 8.3, "threshold": 5.58}
    case = facts(0.61, 0.21, reason="portraits_disagree", why="one_reference", figures=figures)
    lead = explain(case, "en").lead
    assert "matches one of the two only (chip 7.90, record 3.40, limit 5.58)" in lead
    assert "do not look like one person" not in lead


def test_an_alarm_says_what_happened_to_staff():
    found = facts(0.6, 0.6, reason="liveness_alarm", liveness="wrong_move")
    assert "Another movement was made than the screen asked for" in explain(found, "en").lead


def test_a_key_of_a_newer_kiosk_is_left_out():
    assert "nonsense" not in explain(facts(0.2, 0.2, why="nonsense"), "en").lead
