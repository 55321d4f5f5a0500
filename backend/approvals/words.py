"""How far the words given fill what is needed: pure. One person's word fills one place."""

from collections.abc import Sequence

Roles = frozenset[str]


def places_filled(places: Sequence[Roles], words: Sequence[Roles]) -> int:
    """Return how many places the words can fill at most.

    ``places`` holds the roles that each needed word may come from, ``words`` the roles that each
    person spoke in. Words are moved between places until no more fit (bipartite matching): a duty
    leader who spoke first does not keep an approver's place from the approver.
    """
    holder: dict[int, int] = {}

    def seat(word: int, tried: set[int]) -> bool:
        for place, roles in enumerate(places):
            if place in tried or not roles & words[word]:
                continue
            tried.add(place)
            if place not in holder or seat(holder[place], tried):
                holder[place] = word
                return True
        return False

    return sum(seat(word, set()) for word in range(len(words)))


def adds(places: Sequence[Roles], words: Sequence[Roles], another: Roles) -> bool:
    """Say whether another person's word would fill a place that the words leave empty."""
    return places_filled(places, [*words, another]) > places_filled(places, words)
