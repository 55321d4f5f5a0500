"""Basic Access Control: the printed MRZ proves that the document was handed over.

Pure: makes and checks the messages of ICAO 9303 part 11, section 4.3. PACE is to come as a
module beside this one (``pace``), passive authentication as ``passive_authentication``.
"""

from dataclasses import dataclass, field
from hashlib import sha1
from hmac import compare_digest

from devices.travel_document.crypto import KeyPair, decrypt, derive_keys, encrypt, mac
from devices.travel_document.errors import AccessDenied

CHALLENGE_BYTES = 8
KEY_BYTES = 16
_CRYPTOGRAM_BYTES = 32
ANSWER_BYTES = 40


@dataclass(frozen=True, slots=True)
class BacKey:
    """The MRZ information: number, birth and expiry, each with its check digit.

    Comes from the document reader alone. Never shown: it opens the card.
    """

    information: str = field(repr=False)

    def keys(self) -> KeyPair:
        """Derive the document's basic access keys."""
        digest = sha1(self.information.encode("ascii"), usedforsecurity=False).digest()
        return derive_keys(digest[:KEY_BYTES])


@dataclass(frozen=True, slots=True)
class Session:
    """What both sides share after access: session keys and the send sequence counter."""

    keys: KeyPair
    counter: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handshake:
    """One run of the protocol with this side's random numbers."""

    key: BacKey = field(repr=False)
    challenge: bytes = field(repr=False)
    own_random: bytes = field(repr=False)
    own_key: bytes = field(repr=False)

    def request(self) -> bytes:
        """Return the 40 bytes of EXTERNAL AUTHENTICATE."""
        keys = self.key.keys()
        cryptogram = encrypt(keys.enc, self.own_random + self.challenge + self.own_key)
        return cryptogram + mac(keys.mac, cryptogram)

    def finish(self, answer: bytes) -> Session:
        """Check the chip's answer and derive the session. Raises AccessDenied."""
        keys = self.key.keys()
        cryptogram, code = answer[:_CRYPTOGRAM_BYTES], answer[_CRYPTOGRAM_BYTES:]
        if len(answer) != ANSWER_BYTES or not compare_digest(mac(keys.mac, cryptogram), code):
            raise AccessDenied("the chip's answer is not authentic")
        plain = decrypt(keys.enc, cryptogram)
        chip_random, own_random, chip_key = plain[:8], plain[8:16], plain[16:]
        if chip_random != self.challenge or not compare_digest(own_random, self.own_random):
            raise AccessDenied("the chip answered to another handshake")
        seed = bytes(a ^ b for a, b in zip(self.own_key, chip_key, strict=True))
        counter = int.from_bytes(self.challenge[4:] + self.own_random[4:], "big")
        return Session(derive_keys(seed), counter)
