"""A chip card of another kind, such as a member's card: it answers, but it is no permit."""

from devices.rig.card import Card, CardFront
from devices.rig.chip import EepChip

_NO_SUCH_FILE = b"\x6a\x82"


class OtherChip:
    """A chip that knows no travel document."""

    atr = EepChip.atr
    uid = bytes.fromhex("04A1B2C3D4E5F6")

    def reset(self) -> None:
        """Forget nothing: it keeps nothing."""

    def transmit(self, command: bytes) -> bytes:
        """Answer that there is no such file or application."""
        del command
        return _NO_SUCH_FILE


def foreign_card() -> Card:
    """Make a chip card without a machine-readable zone that is no permit."""
    return Card(CardFront(mrz="", title="会员卡", name="", number="0000 1111"), OtherChip())
