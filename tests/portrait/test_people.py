"""Who is in each picture: by name, by genuine pairs, by file, and what a wrong line changes."""

import csv
import os
from pathlib import Path

import pytest

from kiosk.portrait.pairs import EvaluationError, Pair, read_pairs, read_people
from kiosk.portrait.people import BY_NAMES, BY_PAIRS, find_people
from tests.portrait.pictures import ROOT

DEV = Path(os.environ.get("KIOSK_SHARED", ROOT.parent / "shared")) / "faces" / "dev"


def test_people_are_joined_by_name_and_by_genuine_pairs() -> None:
    who = find_people(
        [Pair("Li_0001.jpg", "Li_0002.jpg", True), Pair("x/Wu_0001.jpg", "Wo_0001.jpg", True)]
    ).who
    assert who["Li_0001.jpg"] == who["Li_0002.jpg"]
    assert who["x/Wu_0001.jpg"] == who["Wo_0001.jpg"] != who["Li_0001.jpg"]


def test_people_may_be_folders() -> None:
    pairs = [Pair("Li/01.jpg", "Wu/01.jpg", False), Pair("Li/02.jpg", "Wu/02.jpg", False)]
    who = find_people(pairs).who
    assert who["Li/01.jpg"] == who["Li/02.jpg"] != who["Wu/01.jpg"]


@pytest.mark.parametrize("name", ["img_{}.jpg", "images/{}.jpg", "{}.jpg"])
def test_numbered_files_are_not_one_person(name: str) -> None:
    one, two, three = (name.format(f"000{number}") for number in (1, 2, 3))
    who = find_people([Pair(one, two, True), Pair(two, three, False)]).who
    assert who[one] == who[two] != who[three]


def album(*people: str, pictures: int = 6) -> list[Pair]:
    """Genuine pairs of neighbouring pictures of each, and each two people apart once."""
    pairs = [
        Pair(f"{person}_{number:04}.jpg", f"{person}_{number + 1:04}.jpg", True)
        for person in people
        for number in range(1, pictures - 2)  # the last two are in no genuine pair
    ]
    for at, person in enumerate(people):
        for other in people[at + 1 :]:
            pairs.append(Pair(f"{person}_0001.jpg", f"{other}_0001.jpg", False))
    for person in people:
        pairs.append(Pair(f"{person}_{pictures:04}.jpg", "Xu_0001.jpg", False))
    return pairs


def test_a_genuine_pair_that_is_also_listed_as_different_changes_nobody() -> None:
    right = album("Li", "Wu", "Ho", "Su", "Hu")
    before = find_people(right)
    after = find_people([*right, Pair("Li_0001.jpg", "Li_0002.jpg", False, line=77)])
    assert after.who == before.who
    assert before.notes == ()
    assert after.found_by == BY_NAMES
    assert after.contradictions == (77,)
    assert after.notes[0].startswith("line 77 (Li_0001.jpg, Li_0002.jpg): two people, but")


def test_two_of_one_name_whom_the_list_tells_apart_are_two_and_nobody_else_changes() -> None:
    right = album("Li", "Wu", "Ho", "Su", "Hu")
    before = find_people(right)
    after = find_people([*right, Pair("Li_0001.jpg", "Li_0006.jpg", False, line=78)])
    assert after.who["Li_0006.jpg"] != after.who["Li_0001.jpg"] == before.who["Li_0001.jpg"]
    assert {k for k in after.who if after.who[k] != before.who[k]} == {"Li_0006.jpg"}
    assert after.count == before.count + 1
    assert after.contradictions == (78,)
    assert "line 78" in after.notes[0]
    assert "taken for two" in after.notes[0]


def test_names_that_are_no_names_are_said_and_only_genuine_pairs_join() -> None:
    pairs = [Pair(f"img_{n:04}.jpg", f"img_{n + 1:04}.jpg", True) for n in range(1, 80, 2)]
    pairs += [Pair(f"img_{n:04}.jpg", f"img_{n + 2:04}.jpg", False) for n in range(1, 79, 2)]
    people = find_people(pairs)
    assert people.count == 40
    assert people.found_by == BY_PAIRS
    assert people.contradictions == ()
    assert "no names of people: 39 of 39 pairs" in people.notes[0]


def test_names_of_cameras_are_no_names_either() -> None:
    pairs = [Pair(f"cam{n % 3}_{n}.jpg", f"cam{n % 3}_9{n}.jpg", True) for n in range(1, 60)]
    pairs += [
        Pair(f"cam{n % 3}_{n}.jpg", f"cam{m % 3}_{m}.jpg", False)
        for n in range(1, 59)
        for m in (n + 1, n + 3)
        if m < 60
    ]
    assert find_people(pairs).count == 59


def test_many_contradicting_lines_are_counted_and_a_few_named() -> None:
    again = [Pair("Li_0001.jpg", "Li_0002.jpg", False, line) for line in range(90, 99)]
    people = find_people([*album("Li", "Wu"), *again])
    assert people.contradictions == tuple(range(90, 99))
    assert "(Li_0001.jpg, Li_0002.jpg), 91, 92, 93, 94 and 4 more: two" in people.notes[0]


@pytest.mark.skipif(not DEV.is_dir(), reason=f"SKIPPED: labelled pairs missing at {DEV}")
def test_one_wrong_line_leaves_the_people_of_a_real_list_as_they_are(tmp_path: Path) -> None:
    text = (DEV / "pairs.csv").read_text()
    path = tmp_path / "pairs.csv"
    path.write_text(text + "1,Abel_Pacheco_0001.jpg,Abel_Pacheco_0004.jpg,0,0\n")
    people = find_people(read_pairs(path))
    assert people.count == 1241
    assert people.contradictions == (len(text.splitlines()) + 1,)
    with (DEV / "images.csv").open(newline="") as stream:
        known = {row["image"]: row["identity"] for row in csv.DictReader(stream)}
    assert {image: known[image] for image in people.who} == people.who


def test_people_file_says_who_is_in_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("image, identity ,more\na_1.jpg,Li,x\nb_1.jpg, Li,x\nc_1.jpg,Wu,x\n")
    given = read_people(path)
    people = find_people([Pair("a_1.jpg", "c_1.jpg", False)], given)
    assert people.who["a_1.jpg"] == "Li"
    assert people.notes == ()
    people = find_people([Pair("a_1.jpg", "b_1.jpg", False, 2)], given)
    assert people.contradictions == (2,)
    assert people.notes == ("line 2 (a_1.jpg, b_1.jpg): the people file says otherwise",)
    with pytest.raises(EvaluationError, match=r"^d_1\.jpg: no identity"):
        find_people([Pair("a_1.jpg", "d_1.jpg", False)], given)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("image,identity,identity\na_1.jpg,Li,Wu\n", "column identity is there more than once"),
        ("image,identity\na_1.jpg,\n", "line 2: identity is empty"),
        ("image,identity\na_1.jpg,Li\na_1.jpg,Wu\n", "line 3: a_1.jpg has two identities"),
        ("picture,identity\na_1.jpg,Li\n", "no column image; the first line names: picture, iden"),
    ],
)
def test_a_wrong_people_file_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text)
    with pytest.raises(EvaluationError, match=says):
        read_people(path)
