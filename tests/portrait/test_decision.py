"""The rule of a match, over all combinations of references."""

import pytest

from kiosk.portrait.decision import decide
from kiosk.portrait.results import MatchDecision, ReasonKey, ReferenceState
from kiosk.values import FailureCause, Reference, Score

ABSENT, USABLE = ReferenceState.ABSENT, ReferenceState.USABLE


def judge(
    chip: float | ReferenceState = ABSENT,
    record: float | ReferenceState = ABSENT,
    between: float = 9.0,
    *,
    case: float | ReferenceState | None = None,
    authenticated: bool = False,
    poor: bool = False,
) -> MatchDecision:
    states: dict[Reference, ReferenceState] = {}
    scores: list[Score] = []
    for reference, given in ((Reference.CHIP, chip), (Reference.RECORD, record)):
        if isinstance(given, ReferenceState):
            states[reference] = given
        else:
            states[reference] = ReferenceState.POOR if poor else USABLE
            scores.append(Score(reference, "fused", given, 6.0))
    both = Score(Reference.RECORD, "fused", between, 6.0) if len(scores) == 2 else None
    if isinstance(case, ReferenceState):
        states[Reference.CASE] = case
    elif case is not None:
        states[Reference.CASE] = USABLE
        scores.append(Score(Reference.CASE, "fused", case, 6.0))
    return decide(tuple(scores), both, states, chip_authenticated=authenticated)


def test_both_hold() -> None:
    decision = judge(chip=9, record=8)
    assert decision.matched
    assert decision.reason is None
    assert decision.cause is None


def test_record_alone_holds() -> None:
    assert judge(record=8).matched


def test_chip_alone_needs_passive_authentication() -> None:
    decision = judge(chip=9)
    assert not decision.matched
    assert decision.reason is not None
    assert decision.reason.key is ReasonKey.CHIP_NOT_AUTHENTICATED
    assert judge(chip=9, authenticated=True).matched


@pytest.mark.parametrize(
    ("decision", "key", "cause"),
    [
        (judge(), ReasonKey.NO_REFERENCE, FailureCause.REFERENCE),
        (judge(chip=9, record=2), ReasonKey.REFERENCES_DISAGREE, FailureCause.REFERENCE),
        (judge(chip=2, record=9), ReasonKey.REFERENCES_DISAGREE, FailureCause.REFERENCE),
        (judge(chip=2, record=2, between=1), ReasonKey.REFERENCES_DISAGREE, FailureCause.REFERENCE),
        (judge(chip=2, record=2), ReasonKey.LOW_SCORE, FailureCause.PERSON),
        (judge(record=5.99), ReasonKey.LOW_SCORE, FailureCause.PERSON),
        (judge(record=3, poor=True), ReasonKey.REFERENCE_POOR, FailureCause.REFERENCE),
        (
            judge(chip=ReferenceState.UNREADABLE, record=9),
            ReasonKey.CHIP_UNUSABLE,
            FailureCause.REFERENCE,
        ),
        (
            judge(chip=9, record=ReferenceState.NO_FACE, authenticated=True),
            ReasonKey.RECORD_UNUSABLE,
            FailureCause.REFERENCE,
        ),
    ],
)
def test_everything_else_goes_to_a_person_with_its_cause(
    decision: MatchDecision, key: ReasonKey, cause: FailureCause
) -> None:
    assert not decision.matched
    assert decision.reason is not None
    assert decision.reason.key is key
    assert decision.cause is cause


def test_figures_name_every_score_and_the_threshold() -> None:
    reason = judge(chip=9, record=2, between=3).reason
    assert reason is not None
    assert dict(reason.figures) == {"chip": 9, "record": 2, "chip_record": 3, "threshold": 6}


def test_a_case_that_is_taken_up_adds_its_own_portrait() -> None:
    assert judge(chip=9, record=8, case=7).matched
    for case in (5.0, ReferenceState.NO_FACE):
        other = judge(chip=9, record=8, case=case)
        assert not other.matched
        assert other.reason is not None
        assert other.reason.key is ReasonKey.NOT_OF_CASE
        assert other.cause is FailureCause.PERSON


def test_being_the_cases_person_is_no_match_of_chip_and_record() -> None:
    disagree = judge(chip=9, record=2, case=9)
    assert disagree.reason is not None
    assert disagree.reason.key is ReasonKey.REFERENCES_DISAGREE
    nothing = judge(case=9)
    assert nothing.reason is not None
    assert nothing.reason.key is ReasonKey.NO_REFERENCE
    low = judge(chip=2, record=2, case=9)
    assert low.reason is not None
    assert low.reason.key is ReasonKey.LOW_SCORE
