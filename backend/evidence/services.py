"""Seal and open pictures. AES-256-GCM; the picture's id is bound in, so rows cannot be swapped."""

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from backend.clock import now
from backend.evidence.models import Picture
from backend.secrets_store import ensure_secret

NONCE_BYTES = 12
_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/x-jp2-codestream"),
)


class EvidenceUnreadable(Exception):
    """A sealed picture that does not open: wrong key, or changed bytes."""


@lru_cache(maxsize=4)
def _cipher(path: str) -> AESGCM:
    key = ensure_secret(Path(path), make=AESGCM.generate_key(256).hex().encode())
    return AESGCM(bytes.fromhex(key.decode()))


def ensure_evidence_key() -> None:
    """Create the key's file where there is none."""
    _cipher(str(settings.EVIDENCE_KEY_FILE))


def media_type(data: bytes) -> str | None:
    """Return the picture's media type by its first bytes; None when it is no known picture."""
    return next((kind for magic, kind in _KINDS if data.startswith(magic)), None)


def seal(data: bytes) -> Picture:
    """Encrypt and store a picture."""
    picture_id = secrets.token_hex(16)
    nonce = os.urandom(NONCE_BYTES)
    cipher = _cipher(str(settings.EVIDENCE_KEY_FILE))
    return Picture.objects.create(
        id=picture_id,
        ciphertext=nonce + cipher.encrypt(nonce, data, picture_id.encode()),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type(data) or "application/octet-stream",
        created_at=now(),
    )


def unseal(picture: Picture) -> bytes:
    """Return the picture's bytes. Raises EvidenceUnreadable."""
    sealed = bytes(picture.ciphertext)
    cipher = _cipher(str(settings.EVIDENCE_KEY_FILE))
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], picture.id.encode())
    except InvalidTag as error:
        raise EvidenceUnreadable(f"picture {picture.id} does not open") from error
