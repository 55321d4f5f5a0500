"""Welcome back: what waits, how far it is, and the ways on from here."""

from dataclasses import replace

from kiosk.session.events import Button, Touched
from kiosk.session.facts import ResumeTrouble
from kiosk.session.phases import WelcomeBack
from kiosk.session.visit import Visit
from kiosk.ui.page import Action, Busy, Note, Page, Part, Pictogram, Picture, Row, Rows
from kiosk.ui.scene import Scene
from kiosk.ui.screens.common import button, exit_button, page, when
from kiosk.ui.texts import again, card, waiting


def screen(visit: Visit, phase: WelcomeBack, scene: Scene) -> Page:
    """Return the page."""
    if phase.trouble is ResumeTrouble.ISSUED:
        return _issued(visit, phase, scene)
    if phase.trouble is not None:
        return _trouble(visit, phase, phase.trouble)
    language = visit.language
    title, lead = again.TITLE, again.LEAD
    parts: tuple[Part, ...] = (_rows(visit, phase),)
    if phase.taking_up:
        title, lead = again.TAKING_UP, again.TAKING_UP_LEAD
        parts += (Picture(Pictogram.CHECKING), Busy())
    else:
        parts += (Picture(Pictogram.GO_ON), Note(again.NOT_AGAIN.in_language(language)))
    free = not phase.taking_up
    return replace(
        page(visit, title, lead, step=1),
        parts=parts,
        main=button(Button.NEXT, again.GO_ON, language, enabled=free),
        second=button(Button.START_NEW, again.START_NEW, language, enabled=free),
        exit=exit_button(visit),
    )


def _trouble(visit: Visit, phase: WelcomeBack, trouble: ResumeTrouble) -> Page:
    language = visit.language
    title, lead = again.TROUBLE[trouble]
    main = _way_on(visit, trouble)
    return replace(
        page(visit, title, lead, step=1),
        parts=(_rows(visit, phase), Picture(Pictogram.PERSON)),
        main=main,
        second=None
        if trouble is ResumeTrouble.GONE
        else button(Button.START_NEW, again.START_NEW, language),
        exit=None if main.says == Touched(Button.LEAVE) else exit_button(visit),
    )


def _issued(visit: Visit, phase: WelcomeBack, scene: Scene) -> Page:
    shown = _trouble(visit, phase, ResumeTrouble.ISSUED)
    language, rows = visit.language, _rows(visit, phase)
    if phase.issued_at is not None:
        at = when(phase.issued_at, scene.now, language)
        rows = Rows((*rows.rows, Row(again.ISSUED_AT.in_language(language), at, strong=True)))
    help_ = Note(again.NOT_ON_BACK.in_language(language))
    return replace(shown, parts=(rows, Picture(Pictogram.DONE), help_))


def _way_on(visit: Visit, trouble: ResumeTrouble) -> Action:
    match trouble:
        case ResumeTrouble.BUSY:
            return button(Button.NEXT, again.AGAIN, visit.language)
        case ResumeTrouble.GONE:
            return button(Button.START_NEW, again.START_OVER, visit.language)
        case ResumeTrouble.AT_COUNTER | ResumeTrouble.ISSUED:
            return button(Button.LEAVE, card.TAKE_BACK, visit.language)


def _rows(visit: Visit, phase: WelcomeBack) -> Rows:
    language, parked = visit.language, phase.parked
    rows = [Row(waiting.NUMBER.in_language(language), parked.ticket, strong=True)]
    if phase.trouble is None:
        stage = again.STAGES[parked.stage].in_language(language)
        rows.append(Row(again.STAGE.in_language(language), stage))
    return Rows(tuple(rows))
