"""Every screen, at both sizes, in three languages: nothing cut, nothing tiny, nothing pale."""

from functools import cache
from itertools import combinations

import pytest

from kiosk.ui.drawing import Area, Box, Disc, Line, Live, Pen
from kiosk.ui.measure import face_for, text_width, wrap
from kiosk.ui.texts import portrait
from kiosk.ui.theme import GROUND, TEXT_PAIRS, Colour, contrast, theme_for
from kiosk.ui.widgets.hint_signs import hint_sign
from kiosk.ui.widgets.mirror import hint_pill, opening_pill, oval
from kiosk.values import Hint, Language
from tests.ui.screens_of_all import Shown, all_screens, bounds

LEAST_CONTRAST = 10.0
LEAST_TARGET = 96
LEAST_BETWEEN = 24


@cache
def screens() -> list[Shown]:
    return list(all_screens())


def overlap(one: Area, other: Area) -> bool:
    return (
        one.x < other.right - 1
        and other.x < one.right - 1
        and one.y < other.bottom - 1
        and other.y < one.bottom - 1
    )


def ground_below(shown: Shown, line: Line) -> Colour:
    """Return the colour that was filled last where the line's middle is, before the line."""
    x, y = line.area.x + line.area.w / 2, line.area.y + line.area.h / 2
    ground = GROUND
    for slot in shown.slots:
        for mark in slot.drawing:
            if mark is line:
                return ground
            if isinstance(mark, Box | Disc) and mark.area.holds(x, y) and len(mark.colour) == 7:
                ground = mark.colour
    raise AssertionError("the line is not on this screen")


def lines(shown: Shown) -> list[Line]:
    return [mark for slot in shown.slots for mark in slot.drawing if isinstance(mark, Line)]


def test_nothing_leaves_the_screen():
    cut = []
    for shown in screens():
        for slot in shown.slots:
            area = bounds(slot.drawing, shown.theme)
            if area is None:
                continue
            inside = area.x >= 0 and area.y >= 0
            if not inside or area.right > shown.theme.width or area.bottom > shown.theme.height:
                cut.append((shown.label, slot.key))
    assert cut == []


def test_nothing_lies_on_something_else():
    wrong = []
    for shown in screens():
        areas = [
            (slot.key, bounds(slot.drawing, shown.theme))
            for slot in shown.slots
            if slot.key != "overlay"
        ]
        for (one, a), (other, b) in combinations(areas, 2):
            if a is not None and b is not None and overlap(a, b):
                wrong.append((shown.label, one, other))
    assert wrong == []


def test_every_button_holds_its_words():
    wrong = []
    for shown in screens():
        for slot in shown.slots:
            touches = [mark for mark in shown.touches() if mark in slot.drawing]
            for touch in touches:
                words = [line for line in lines(shown) if line in slot.drawing]
                for line in words:
                    middle = line.area.y + line.area.h / 2
                    if touch.area.holds(line.area.x + line.area.w / 2, middle):
                        fits = line.area.x >= touch.area.x and line.area.right <= touch.area.right
                        high = line.area.y >= touch.area.y - 1
                        low = line.area.bottom <= touch.area.bottom + 1
                        if not (fits and high and low):
                            wrong.append((shown.label, line.text))
    assert wrong == []


def test_body_text_is_large():
    least = {1080: 32, 1280: 23}
    small = {
        (shown.label, line.text, line.size)
        for shown in screens()
        for line in lines(shown)
        if line.size < least[shown.theme.width]
    }
    assert small == set()


def test_targets_are_large_and_apart():
    wrong = []
    for shown in screens():
        touches = shown.touches()
        for touch in touches:
            if touch.area.w < LEAST_TARGET or touch.area.h < LEAST_TARGET:
                wrong.append((shown.label, touch.action.name, touch.area))
        for one, other in combinations(touches, 2):
            half = LEAST_BETWEEN / 2
            if overlap(one.area.inset(-half), other.area.inset(-half)):
                wrong.append((shown.label, one.action.name, other.action.name))
    assert wrong == []


def test_text_stands_out_from_what_is_really_behind_it():
    pale = {
        (shown.name, line.text, line.colour, ground_below(shown, line))
        for shown in screens()
        for line in lines(shown)
        if contrast(line.colour, ground_below(shown, line)) < LEAST_CONTRAST
    }
    assert pale == set()


@pytest.mark.parametrize("pair", TEXT_PAIRS)
def test_colours_of_text_have_contrast(pair):
    assert contrast(*pair) >= LEAST_CONTRAST


def test_contrast_is_that_of_wcag():
    assert contrast(Colour("#000000"), Colour("#FFFFFF")) == pytest.approx(21.0)
    assert contrast(Colour("#777777"), Colour("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


def test_every_screen_leads_to_a_person_and_to_the_other_languages():
    for shown in screens():
        if shown.page.overlay is not None:
            continue
        names = {touch.action.name for touch in shown.touches()}
        assert {f"language:{language.value}" for language in Language} <= names, shown.label
        person = {"ask_person", "decline_face_check", "change_travel"} & names
        assert person or shown.page.called, shown.label


def test_names_on_a_screen_are_unique():
    for shown in screens():
        names = [touch.action.name for touch in shown.touches()]
        assert len(names) == len(set(names)), shown.label


def test_the_main_button_is_always_at_the_same_place():
    for size in ((1080, 1920), (1280, 800)):
        bottoms = {
            round(touch.area.bottom)
            for shown in screens()
            if (shown.theme.width, shown.theme.height) == size and shown.page.overlay is None
            for touch in shown.touches()
            if touch.action == shown.page.main
        }
        assert len(bottoms) == 1


def test_the_mirror_is_large():
    for shown in screens():
        for slot in shown.slots:
            for mark in slot.drawing:
                if isinstance(mark, Live) and mark.kind.value == "mirror":
                    assert mark.area.h >= 0.4 * shown.theme.height, shown.label


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("picture", [Area(56, 460, 968, 1150), Area(640, 150, 600, 500)])
def test_a_camera_that_is_being_opened_says_so_inside_its_picture(language, picture):
    pen = Pen(theme_for(1080, 1920) if picture.w > 600 else theme_for(1280, 800), language)
    opening_pill(pen, picture)
    (said,) = (mark for mark in pen.marks if isinstance(mark, Line))
    assert said.text == portrait.OPENING.in_language(language)
    face = oval(picture)
    for mark in pen.marks:
        assert picture.x < mark.area.x
        assert mark.area.right < picture.right
        assert face.bottom < mark.area.y
        assert mark.area.bottom < picture.bottom


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("picture", [Area(56, 468, 968, 1008), Area(629, 202, 611, 454)])
@pytest.mark.parametrize("hint", Hint)
def test_every_hint_has_its_sign_and_its_words_inside_the_picture(hint, picture, language):
    pen = Pen(theme_for(1080, 1920) if picture.h > 600 else theme_for(1280, 800), language)
    hint_pill(pen, hint, picture)
    pill, *sign, said = pen.marks
    assert isinstance(said, Line)
    assert said.text == portrait.HINTS[hint].in_language(language)
    assert len(sign) >= 2
    for mark in pen.marks:
        assert picture.x < mark.area.x
        assert mark.area.right < picture.right
    for mark in sign:
        assert pill.area.y < mark.area.y
        assert mark.area.bottom < pill.area.bottom
        assert mark.area.right < said.area.x


def test_no_two_hints_have_the_same_sign():
    drawn = []
    for hint in Hint:
        pen = Pen(theme_for(1080, 1920), Language.EN)
        hint_sign(pen, hint, Area(0, 0, 100, 100))
        drawn.append(pen.marks)
    assert all(one != other for one, other in combinations(drawn, 2))


def test_lines_break_where_readers_expect_it():
    face = face_for(Language.ZH_HANS)
    text = "证件在机内，最多再留 7 分钟。您也可以取回证件，凭小票到人工窗口接着办。"
    for width in range(120, 1000, 40):
        broken = wrap(text, face, 36, width)
        assert all(line[0] not in "，。" for line in broken)
        assert all(text_width(line, face, 36) <= width for line in broken)
    assert "".join(wrap(text, face, 36, 500)).replace(" ", "") == text.replace(" ", "")
    assert wrap("甲乙丙，丁戊己庚", face, 10, 70) == ("甲乙丙，", "丁戊己庚")


def test_what_a_dot_parts_stays_whole():
    face = face_for(Language.EN, bold=True)
    title = "Hong Kong · Individual · 3 months, twice"
    assert wrap(title, face, 46, 640) == ("Hong Kong · Individual", "3 months, twice")
    face = face_for(Language.ZH_HANS, bold=True)
    title = "香港 · 个人旅游 · 三个月两次"
    assert wrap(title, face, 46, 460) == ("香港 · 个人旅游", "三个月两次")
    # Too narrow for one of them: it breaks as any text does.
    assert all(text_width(line, face, 46) <= 200 for line in wrap(title, face, 46, 200))


def test_words_that_belong_together_stay_on_one_line():
    face = face_for(Language.ZH_HANS)
    title = "工作人员正在为您核验"
    assert wrap(title, face, 50, 396) == ("工作人员正在", "为您核验")
    assert wrap("现在没有工作人员在线", face, 50, 396) == ("现在没有", "工作人员在线")
    # A column too narrow for the word is never overrun.
    assert all(text_width(line, face, 50) <= 150 for line in wrap(title, face, 50, 150))
    face = face_for(Language.ZH_HANT)
    assert wrap("現在沒有工作人員在線", face, 50, 396) == ("現在沒有", "工作人員在線")
