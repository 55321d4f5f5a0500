"""The 3DES primitives of ICAO 9303 part 11. Pure.

The algorithms are old, but they are what chips with Basic Access Control speak.
"""

from dataclasses import dataclass, field
from hashlib import sha1

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

BLOCK = 8
_ZERO_IV = bytes(BLOCK)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Two 16-byte keys, one for encryption, one for authentication codes."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)


def derive_keys(seed: bytes) -> KeyPair:
    """Derive both keys from a 16-byte seed (9303-11 9.7.1; parity bits adjusted)."""
    return KeyPair(_derive(seed, 1), _derive(seed, 2))


def _derive(seed: bytes, counter: int) -> bytes:
    digest = sha1(seed + counter.to_bytes(4, "big"), usedforsecurity=False).digest()[:16]
    return bytes(byte & 0xFE | (1 - (byte >> 1).bit_count() % 2) for byte in digest)


def encrypt(key: bytes, data: bytes) -> bytes:
    """Encrypt whole blocks: two-key 3DES, CBC, zero IV."""
    return _run(_two_key(key), data)


def decrypt(key: bytes, data: bytes) -> bytes:
    """Decrypt whole blocks: two-key 3DES, CBC, zero IV."""
    context = Cipher(_two_key(key), modes.CBC(_ZERO_IV)).decryptor()
    return context.update(data) + context.finalize()


def mac(key: bytes, data: bytes) -> bytes:
    """Return the retail MAC (ISO 9797-1 algorithm 3) of data; padding is added here."""
    padded = pad(data)
    head, last = padded[:-BLOCK], padded[-BLOCK:]
    chain = _run(TripleDES(key[:8] * 3), head)[-BLOCK:] if head else _ZERO_IV
    return _run(_two_key(key), bytes(a ^ b for a, b in zip(chain, last, strict=True)))


def pad(data: bytes) -> bytes:
    """Add 80 and zeros up to the next whole block (ISO 9797-1 method 2)."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data: bytes) -> bytes:
    """Take the padding away. Raises ValueError when it is none."""
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80") or len(data) - len(stripped) >= BLOCK:
        raise ValueError("padding is spoilt")
    return stripped[:-1]


def _two_key(key: bytes) -> TripleDES:
    return TripleDES(key + key[:8])


def _run(algorithm: TripleDES, data: bytes) -> bytes:
    context = Cipher(algorithm, modes.CBC(_ZERO_IV)).encryptor()
    return context.update(data) + context.finalize()
