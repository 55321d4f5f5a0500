"""Words fill places: as many as can be seated, whoever speaks first."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from backend.approvals.words import adds, places_filled

ROLES = st.frozensets(st.sampled_from(("approver", "leader", "clerk")), max_size=3)
A, L = frozenset({"approver"}), frozenset({"leader"})
EITHER = A | L


def most_by_trying(places, words):
    """Seat the words in every order and count the best."""
    seats = [*range(len(places)), *[None] * len(words)]
    return max(
        sum(
            seat is not None and bool(places[seat] & word)
            for word, seat in zip(words, order, strict=False)
        )
        for order in permutations(seats, len(words))
    )


@given(st.lists(ROLES, max_size=3), st.lists(ROLES, max_size=3))
def test_as_many_words_count_as_the_best_seating_allows(places, words):
    assert places_filled(places, words) == most_by_trying(places, words)


def test_a_leader_who_speaks_first_leaves_the_other_place_to_an_approver():
    places = [EITHER, L]
    assert adds(places, [L], A)
    assert adds(places, [L], L)
    assert places_filled(places, [L, A]) == 2


def test_an_approver_does_not_fill_the_leaders_place():
    assert not adds([EITHER, L], [A], A)
    assert places_filled([EITHER, L], [A, A]) == 1
    assert adds([EITHER, L], [A], L)
