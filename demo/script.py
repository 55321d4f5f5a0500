"""Four visits by script: touches at pixel coordinates, staff over HTTP, a telephone that pays."""

import time
from collections.abc import Callable
from pathlib import Path

from demo.album import Album
from demo.other_kiosk import other_kiosk
from demo.people import Person
from demo.record import VisitRecord, write_summary
from demo.staff_browser import StaffBrowser
from demo.stage import Stage
from demo.telephone import pay, read_qr
from devices.rig.card_back import back_text
from devices.rig.card_picture import render_back, render_front
from kiosk.session.facts import Outcome
from kiosk.session.visit import Visit

OUTCOMES = {
    "a-recognised": Outcome.ISSUED,
    "b-accepted-by-staff": Outcome.ISSUED,
    "c-to-counter": Outcome.TO_COUNTER,
    "d-coming-back": Outcome.ISSUED,
}
"""How each visit has to end."""

PATIENCE_S = 90.0
LOOK_AGAIN_S = 0.02
SETTLE_S = 0.25
"""A person does not touch before the eye has found the button; pictures show the drawn screen."""
READ_QR_TRIES = 10


class ScriptFailed(AssertionError):
    """The kiosk did not do what the script waited for."""


class Player:
    """Acts for resident and staff, and keeps a picture of every screen in the order seen."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._album = Album(stage.app)
        self._visit_name = ""
        self.records: list[VisitRecord] = []
        self._receipts_seen = 0

    def begin(self, name: str) -> None:
        """Begin a visit at the attract screen."""
        self._visit_name = name
        self.see("attract")
        self.records.append(self._stage.recorder.begin(name))
        self._album.begin(self._stage.out / name)

    def end(self) -> None:
        """Wait until nobody is here, and note what the visit left."""
        self.see("attract")
        self._until(lambda: self._album.phase == "attract", "its picture")
        record = self.records[-1]
        record.audit_ok = self._stage.hall.audit_ok()
        papers = self._stage.machine.receipt_printer.receipts[self._receipts_seen :]
        self._receipts_seen += len(papers)
        record.receipt = "\n".join(paper.text for paper in papers)
        kind = "receipt" if record.outcome == Outcome.ISSUED else "ticket"
        for number, paper in enumerate(papers, start=1):
            paper.picture().save(self._path(f"{kind}-{number}"))

    def close(self) -> None:
        """Wait until all pictures are saved."""
        self._album.close()

    def see(self, *phases: str) -> str:
        """Wait for one of these phases on the screen; return its name."""

        def shown(visit: Visit) -> bool:
            return visit.phase.name in phases

        return self.wait(shown, " or ".join(phases)).phase.name

    def wait(self, condition: Callable[[Visit], bool], what: str) -> Visit:
        """Wait until the visit on the screen fulfils the condition."""
        seen: list[Visit] = []

        def there() -> bool:
            visit = self._stage.app.shown
            if visit is None or not condition(visit):
                return False
            seen.append(visit)
            return True

        self._until(there, what)
        return seen[-1]

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                visit = self._stage.app.shown
                phase = visit.phase if visit else None
                raise ScriptFailed(f"{self._visit_name}: waited for {what}, there is {phase}")
            time.sleep(LOOK_AGAIN_S)

    def shoot(self, name: str) -> None:
        """Keep one more picture of the screen, beside those of each phase's beginning."""
        self._album.shoot(name)

    def touch(self, target: str) -> None:
        """Put a finger on the middle of what is called so, once it is there."""
        app, deadline = self._stage.app, time.monotonic() + PATIENCE_S
        time.sleep(SETTLE_S)
        self._until(lambda: app.touches.idle, "the last finger to be let go")
        while True:
            try:
                app.tap(target)
            except KeyError:
                if time.monotonic() > deadline:
                    there = ", ".join(sorted(app.targets()))
                    raise ScriptFailed(
                        f"{self._visit_name}: nothing called {target!r} to touch; there is {there}"
                    ) from None
                time.sleep(LOOK_AGAIN_S)
            else:
                return

    def skip_travel(self) -> None:
        """Leave the question about the journey out; what comes then has other things to touch."""
        self.touch("skip_travel")
        self.wait(lambda visit: not getattr(visit.phase, "asking_travel", False), "no question")

    def insert(self, person: Person) -> None:
        """Put a card in and keep pictures of its front and back before."""
        render_front(person.card.front).save(self._path("card-front"))
        render_back(person.card).save(self._path("card-back-before"))
        if not self._stage.machine.bay.insert(person.card):
            raise ScriptFailed(f"{self._visit_name}: the gate is not free")

    def take_card(self, person: Person) -> None:
        """Take the card once it is at the gate."""
        self.wait(lambda visit: getattr(visit.phase, "presented", False), "the card at the gate")
        self.shoot("take_card-at_gate")
        time.sleep(SETTLE_S)
        if self._stage.machine.bay.take() is not person.card:
            raise ScriptFailed(f"{self._visit_name}: the card at the gate is not the one put in")
        render_back(person.card).save(self._path("card-back-after"))
        self.records[-1].card_back = back_text(person.card)

    def scan_and_pay(self) -> None:
        """Read the QR code off the screen's picture and pay by it."""
        self.see("pay")
        for _ in range(READ_QR_TRIES):
            time.sleep(SETTLE_S)
            picture = self._path("pay-scan")
            self._stage.app.screenshot(picture)
            url = read_qr(picture)
            picture.unlink()
            if url:
                self.shoot("pay-code")
                pay(url)
                return
        raise ScriptFailed(f"{self._visit_name}: no QR code can be read off the screen")

    def _path(self, name: str) -> Path:
        folder = self._stage.out / self._visit_name
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.png"


class Desk:
    """Clerk and approver at their consoles."""

    def __init__(self, stage: Stage) -> None:
        self.clerk = self._sign_in(stage, "clerk")
        self.approver = self._sign_in(stage, "approver")

    @staticmethod
    def _sign_in(stage: Stage, name: str) -> StaffBrowser:
        browser = StaffBrowser(stage.hall.url)
        login = stage.hall.logins[name]
        browser.sign_in(login.username, login.password, login.totp_secret)
        return browser

    def close(self) -> None:
        """Close the browsers."""
        self.clerk.close()
        self.approver.close()


def play(stage: Stage) -> list[VisitRecord]:
    """Play the four visits, write ``summary.json`` and return what it tells."""
    player, desk = Player(stage), Desk(stage)
    try:
        recognised(stage, player)
        accepted_by_staff(stage, player, desk)
        sent_to_counter(stage, player, desk)
        coming_back(stage, player, desk)
    finally:
        desk.close()
        player.close()
        write_summary(stage.out / "summary.json", player.records)
        stage.keep_log()
    return player.records


def shortfalls(records: list[VisitRecord]) -> list[str]:
    """Say what is not as it has to be once all four visits are played; empty when all is."""
    played = {record.name: record for record in records}
    missing = [f"{name}: not played" for name in OUTCOMES if name not in played]
    wrong = [
        f"{name}: ended as {played[name].outcome or 'nothing'} instead of {outcome.value}"
        for name, outcome in OUTCOMES.items()
        if name in played and played[name].outcome != outcome
    ]
    broken = [f"{name}: the audit chain is broken" for name in played if not played[name].audit_ok]
    unpapered = [
        f"{name}: left without a receipt or ticket" for name in played if not played[name].receipt
    ]
    return [*missing, *wrong, *broken, *unpapered]


def recognised(stage: Stage, player: Player) -> None:
    """Play visit (a): the resident is recognised and leaves with an endorsement."""
    person = stage.people["normal"]
    player.begin("a-recognised")
    player.touch("start")
    player.see("insert_card")
    player.insert(person)
    choose(player, "offer:G-HKG-1Y-2")
    stage.camera.show(person.face)
    agree(player)
    pay_and_take(stage, player, person)


def accepted_by_staff(stage: Stage, player: Player, desk: Desk) -> None:
    """Play visit (b): the record holds another's portrait; two people decide; it goes on."""
    person = stage.people["other_portrait"]
    player.begin("b-accepted-by-staff")
    player.insert(person)
    choose(player, "offer:G-HKG-1Y-2")
    stage.camera.show(person.face)
    agree(player)
    player.see("escalated")
    case = desk.clerk.wait_for_case(PATIENCE_S)
    player.touch("travel:day1")
    player.touch("travel:ground:funeral")
    player.shoot("escalated-travel")
    player.touch("travel:done")
    desk.clerk.claim(case)
    look = desk.clerk.look(case)
    keep_look(stage, "b-accepted-by-staff", look.sentence, look.portraits)
    player.wait(lambda visit: bool(visit.case and visit.case.desk), "the clerk's desk")
    player.shoot("escalated-claimed")
    desk.clerk.decide(case, "identity_accepted")
    desk.approver.wait_for_request(case, PATIENCE_S)
    player.shoot("escalated-approval")
    desk.approver.approve(case)
    pay_and_take(stage, player, person)


def sent_to_counter(stage: Stage, player: Player, desk: Desk) -> None:
    """Play visit (c): another face than the card's; the clerk sends the resident to the counter."""
    person, other = stage.people["faded"], stage.people["other_portrait"]
    player.begin("c-to-counter")
    player.insert(person)
    choose(player, "offer:G-HKG-3M-1")
    stage.camera.show(other.face)
    agree(player)
    player.see("escalated")
    player.skip_travel()
    case = desk.clerk.wait_for_case(PATIENCE_S)
    player.shoot("escalated-waiting")
    desk.clerk.claim(case)
    look = desk.clerk.look(case)
    keep_look(stage, "c-to-counter", look.sentence, look.portraits)
    desk.clerk.decide(case, "to_counter")
    player.see("leaving", "take_card")
    player.take_card(person)
    player.end()


def coming_back(stage: Stage, player: Player, desk: Desk) -> None:
    """Play visit (d): left another kiosk with a ticket, accepted meanwhile, back at this one."""
    person = stage.people["other_portrait"]
    player.begin("d-coming-back")
    with other_kiosk(stage) as elsewhere:
        case = elsewhere.leave_with_ticket(person, "G-MAC-3M-1")
        elsewhere.ticket().save(stage.out / "d-coming-back" / "elsewhere-ticket.png")
        desk.clerk.claim(case)
        look = desk.clerk.look(case)
        keep_look(stage, "d-coming-back", look.sentence, look.portraits)
        desk.clerk.decide(case, "identity_accepted")
        desk.approver.wait_for_request(case, PATIENCE_S)
        desk.approver.approve(case)
    player.insert(person)
    player.see("welcome_back")
    player.touch("next")
    stage.camera.show(person.face)
    agree(player)
    pay_and_take(stage, player, person)


def choose(player: Player, offer: str) -> None:
    """Wait for the reading, then choose an offer."""
    player.see("offers")
    player.touch(offer)
    player.wait(lambda visit: getattr(visit.phase, "selected", None) is not None, "a choice")
    player.shoot("offers-selected")
    player.touch("next")


def agree(player: Player) -> None:
    """Agree to the face check and look at the camera."""
    player.see("notice")
    player.touch("agree")
    player.see("portrait")
    player.wait(lambda visit: getattr(visit.phase, "capturing", True), "the capture")
    time.sleep(SETTLE_S)
    player.shoot("portrait-capturing")


def pay_and_take(stage: Stage, player: Player, person: Person) -> None:
    """Confirm, pay, and take card and receipt."""
    player.see("confirm")
    player.touch("confirm")
    player.scan_and_pay()
    player.take_card(person)
    player.end()


def keep_look(stage: Stage, visit: str, sentence: str, portraits: dict[str, bytes]) -> None:
    """Keep what the clerk saw: the sentence and the portraits, as the console served them."""
    folder = stage.out / visit
    (folder / "console-sentence.txt").write_text(sentence + "\n", "utf-8")
    for name, picture in portraits.items():
        (folder / f"console-{name}.jpg").write_bytes(picture)
