"""The bay shows each device only what it could see from its place."""

from dataclasses import dataclass, field

import numpy as np

from devices.ccid_acs.antenna import AntennaField
from devices.rig.card import Card, CardFront
from devices.rig.card_picture import HEIGHT, WIDTH, render_back, render_front
from devices.rig.wiring import wire_chip_reader, wire_document_reader
from devices.rig.world import Bay, Place

MRZ = "CSC12345678<3305165<8805170<<<"


@dataclass(eq=False)
class Chip:
    uid: bytes
    atr: bytes = b"\x3b"
    resets: int = 0
    heard: list[bytes] = field(default_factory=list)

    def reset(self) -> None:
        self.resets += 1

    def transmit(self, command: bytes) -> bytes:
        self.heard.append(command)
        return b"\x90\x00"


@dataclass
class View:
    document: str | None = None


def card_with_chip() -> Card:
    return Card(CardFront(mrz=MRZ), Chip(b"\x01\x02\x03\x04"))


def wired() -> tuple[Bay, View, AntennaField]:
    bay, view, field_ = Bay(), View(), AntennaField()
    wire_document_reader(bay, view)
    wire_chip_reader(bay, field_)
    return bay, view, field_


def test_card_is_seen_inside_only() -> None:
    bay, view, antenna = wired()
    card = card_with_chip()
    assert bay.insert(card)
    assert (bay.place, view.document, antenna.chips) == (Place.AT_GATE, None, [])
    assert bay.draw_in()
    assert (bay.place, view.document, antenna.chips) == (Place.INSIDE, MRZ, [card.chip])
    assert bay.push_out()
    assert (view.document, antenna.chips) == (None, [])
    assert bay.take() is card
    assert bay.place is Place.OUTSIDE


def test_card_upside_down_shows_neither_mrz_nor_chip() -> None:
    bay, view, antenna = wired()
    bay.insert(card_with_chip(), upside_down=True)
    bay.draw_in()
    assert (view.document, antenna.chips) == (None, [])


def test_foreign_card_has_neither_mrz_nor_chip() -> None:
    bay, view, antenna = wired()
    bay.insert(Card(CardFront(mrz="")))
    bay.draw_in()
    assert (view.document, antenna.chips) == (None, [])


def test_second_chip_is_in_the_field_with_or_without_a_card() -> None:
    bay, _, antenna = wired()
    stray = Chip(b"\x09")
    bay.lay_chip_beside(stray)
    assert antenna.chips == [stray]
    bay.insert(card_with_chip())
    bay.draw_in()
    assert len(antenna.chips) == 2
    bay.lay_chip_beside(None)
    assert len(antenna.chips) == 1


def test_one_card_at_a_time_and_none_taken_from_inside() -> None:
    bay = Bay()
    card = card_with_chip()
    assert bay.take() is None
    bay.insert(card)
    assert not bay.insert(card_with_chip())
    bay.draw_in()
    assert bay.take() is None
    assert bay.pull() is card


def test_jam_stops_motors_both_ways() -> None:
    bay = Bay()
    bay.insert(card_with_chip())
    bay.jam()
    assert not bay.draw_in()
    assert bay.place is Place.AT_GATE
    bay.jam(False)
    assert bay.draw_in()


def test_chip_is_not_reset_by_changes_that_do_not_concern_it() -> None:
    bay, _, _ = wired()
    card = card_with_chip()
    bay.insert(card)
    bay.draw_in()
    bay.jam()
    bay.jam(False)
    assert isinstance(card.chip, Chip)
    assert card.chip.resets == 1


def test_pictures_show_what_is_on_the_card() -> None:
    card = card_with_chip()
    blank = np.asarray(render_back(card)).astype(int)
    card.back[100:124, 200:400] = True
    printed = np.asarray(render_back(card)).astype(int)
    changed = np.abs(printed - blank).sum(axis=2) > 60
    assert (printed.shape[1], printed.shape[0]) == (WIDTH, HEIGHT)
    rows, columns = np.nonzero(changed)
    assert 140 < rows.min() < rows.max() < 210
    assert 290 < columns.min() < columns.max() < 570
    assert render_front(card.front).size == (WIDTH, HEIGHT)
