"""What an evaluation says in words beside its figures: a sentence each. Pure."""

from collections.abc import Mapping
from typing import Any

from kiosk.portrait.people import People
from kiosk.portrait.picture_pool import Embedded, Fault
from kiosk.portrait.scores import FEWEST_FALSE_MATCHES, RATE_KEYS, false_matches

_NAMES_SHOWN = 5
_FAULTS = {
    Fault.UNREADABLE: "unreadable (damaged, too large, or not JPEG, JPEG 2000 or PNG)",
    Fault.WITHOUT_FACE: "without a face",
}


def whose(people: People) -> list[str]:
    """Say how it is known who is in which picture, and what contradicts it."""
    how = (
        f"who is who is told by {people.found_by}; "
        f"people: {people.count}, pictures: {len(people.who)}"
    )
    return [how, *people.notes]


def faults(embedded: Embedded) -> list[str]:
    """Name the pictures that could not be compared, a few of each kind."""
    notes: list[str] = []
    for fault, words in _FAULTS.items():
        names = embedded.named(fault)
        if names:
            shown = ", ".join(names[:_NAMES_SHOWN])
            more = ", ..." if len(names) > _NAMES_SHOWN else ""
            pictures = "picture" if len(names) == 1 else "pictures"
            notes.append(f"{len(names)} {pictures} {words}: {shown}{more}")
    return notes


def too_few(report: Mapping[str, Any]) -> list[str]:
    """Say what the report's pairs are too few for."""
    notes: list[str] = []
    if not report["genuine"]:
        notes.append("no genuine pair: FNMR and accuracy are not known")
    if not report["impostor"]:
        people = report["people"]
        notes.append(
            f"no impostor pair: FMR and thresholds are not known; {people['found_by']} name "
            f"{people['count']} people (--people CSV says who is in a picture)"
        )
        return notes
    notes += [
        _not_shown(report["impostor"], aim, report["fmr"][key])
        for aim, key in RATE_KEYS.items()
        if not report.get("shown", {}).get(key, True)
    ]
    visit = report.get("visit", {})
    unshown = [key for key, shown in visit.get("shown", {}).items() if not shown]
    if unshown:
        notes.append(
            f"of visits {visit['impostor']} impostor means and {report['impostor']} impostor pairs "
            f"are too few to show FMR {', '.join(unshown)}"
        )
    return notes


def _not_shown(pairs: int, fmr: float, given: float | None) -> str:
    """Say why so many impostor pairs do not show this rate, and what they gave."""
    if given is None:
        return f"FMR {fmr:g} is not measured: no impostor pair has a face in both pictures"
    if false_matches(pairs, fmr) >= FEWEST_FALSE_MATCHES:
        why = "too many of them have no face"
    else:
        needed = round(FEWEST_FALSE_MATCHES / fmr)
        why = (
            f"fewer than {FEWEST_FALSE_MATCHES} false matches, which need {needed} pairs; the rule "
            f"of 30 asks for {3 * needed}"
        )
    return (
        f"{pairs} impostor pairs cannot show FMR {fmr:g} ({why}): the threshold is the lowest that "
        f"kept to it here and gave FMR {given:g}"
    )
