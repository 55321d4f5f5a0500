"""The whole back of a card: every endorsement still valid and the new one, as printed lines."""

from devices.endorsement_back.compose import BackOverflow, PrintedEndorsement, compose_back

__all__ = ["BackOverflow", "PrintedEndorsement", "compose_back"]
