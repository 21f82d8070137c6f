"""The text of a digital card: it says which card and which half minute, and is signed.

``K2.`` and 32 symbols for 20 bytes: handle (6), time step (4, big-endian), the first 10 bytes of an
HMAC-SHA256 over both; then 2 check symbols, alphabet and check as in ``K1.`` tokens.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass

PREFIX = "K2."
STEP_S = 30
HANDLE_BYTES, SIGNATURE_BYTES = 6, 10
# No I, O, Y, Z: the code survives a scanner set to a German keyboard and Caps Lock.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ENCODE = str.maketrans(_RFC4648, ALPHABET)
_DECODE = str.maketrans(ALPHABET, _RFC4648)


@dataclass(frozen=True, slots=True)
class Rotating:
    """What a sound code says; whether it is true, its signature tells."""

    handle: bytes
    step: int
    signature: bytes

    def is_signed_with(self, key: bytes) -> bool:
        return hmac.compare_digest(self.signature, _sign(key, self.handle, self.step))


def step_of(unix_s: float) -> int:
    """Return the number of the half minute that this time, in seconds, lies in."""
    return int(unix_s // STEP_S)


def code_of(key: bytes, handle: bytes, step: int) -> str:
    """Return the text to show during *step*.

    :param key: the card's own secret
    :param handle: 6 bytes that name the card and mean nothing elsewhere
    """
    raw = handle + step.to_bytes(4, "big") + _sign(key, handle, step)
    return PREFIX + base64.b32encode(raw).decode().translate(_ENCODE) + _check(raw)


def parse(text: str) -> Rotating | None:
    """Return the Rotating of a scanned text, or None when it is none of ours or damaged."""
    text = str(text or "").strip().upper()
    body = text[len(PREFIX) :]
    if not text.startswith(PREFIX) or len(body) != 34 or not set(body) <= set(ALPHABET):
        return None
    raw = base64.b32decode(body[:32].translate(_DECODE))
    if _check(raw) != body[32:]:
        return None
    step = int.from_bytes(raw[HANDLE_BYTES : HANDLE_BYTES + 4], "big")
    return Rotating(raw[:HANDLE_BYTES], step, raw[-SIGNATURE_BYTES:])


def _sign(key: bytes, handle: bytes, step: int) -> bytes:
    return hmac.digest(key, handle + step.to_bytes(4, "big"), "sha256")[:SIGNATURE_BYTES]


def _check(raw: bytes) -> str:
    crc = binascii.crc_hqx(raw, 0) & 0x3FF
    return ALPHABET[crc >> 5] + ALPHABET[crc & 31]
