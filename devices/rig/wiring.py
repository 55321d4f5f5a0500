"""Lets the emulated readers see what the bay shows them, and nothing else."""

from typing import Protocol

from devices.ccid_acs.antenna import AntennaField, Chip
from devices.rig.world import Bay


class DocumentView(Protocol):
    """An emulated MRZ reader: ``document`` is the MRZ in its view."""

    document: str | None


def wire_document_reader(bay: Bay, reader: DocumentView) -> None:
    """Show the reader the printed MRZ of a card that lies inside, face up."""

    def look(changed: Bay) -> None:
        reader.document = changed.printed_mrz()

    bay.on_change(look)


def wire_chip_reader(bay: Bay, field: AntennaField) -> None:
    """Bring chips into the antenna's field and take them away as the card moves."""

    def move(changed: Bay) -> None:
        present: list[Chip] = list(changed.chips_in_field())
        for chip in field.chips:
            if chip not in present:
                field.take(chip)
        for chip in present:
            if chip not in field.chips:
                field.put(chip)

    bay.on_change(move)
