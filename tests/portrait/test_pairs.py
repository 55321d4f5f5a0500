"""Lists of labelled pairs: what is read, and the line that says what is wrong."""

from pathlib import Path

import pytest

from kiosk.portrait.pairs import EvaluationError, Pair, read_pairs


def test_blanks_capitals_and_words_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "fold, image_a ,image_b,\tsame \n"
        "1,a.jpg, b.jpg,True\n\n1,a.jpg,c.jpg, FALSE\n1,a.jpg,b.jpg,Yes\n1,a.jpg,b.jpg,no\n"
        '1,"x,y.jpg",b.jpg,1\n'
    )
    assert read_pairs(path) == [
        Pair("a.jpg", "b.jpg", True, 2),
        Pair("a.jpg", "c.jpg", False, 4),
        Pair("a.jpg", "b.jpg", True, 5),
        Pair("a.jpg", "b.jpg", False, 6),
        Pair("x,y.jpg", "b.jpg", True, 7),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("image_a,image_b\na,b\n", "no column same; the first line names: image_a, image_b$"),
        ("image_a;image_b;same\na;b;1\n", "no column image_a; .* names: image_a;image_b;same$"),
        ("", "no column image_a; the first line names: none$"),
        (
            "image_a,image_b,same\na,b,1\n\na,b,maybe\n",
            r"line 4: same must be 1 or 0 \(true or false, yes or no\), is 'maybe'$",
        ),
        ("image_a,image_b,same\na,,1\n", "line 2: image_b is empty$"),
        ("image_a,image_b,same\na,b\n", "line 2: same is empty$"),
        ("image_a,image_b,same\n", "no pairs$"),
        ("image_a,image_b,same, same\na,b,1,0\n", "column same is there more than once$"),
    ],
)
def test_wrong_pairs_are_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    with pytest.raises(EvaluationError, match=rf"^[^\n]*pairs.csv: {says}"):
        read_pairs(path)
    with pytest.raises(EvaluationError):
        read_pairs(tmp_path / "none.csv")
