"""The text a customer card carries: ``K1.`` and 128 random bits, and nothing about anybody.

The symbols are RFC 4648 base32 in an alphabet without I, O, Y and Z: no look-alikes, and no trouble
with a German keyboard when a scanner types the code.
"""

import base64
import binascii
import re
import secrets

PREFIX = "K1."
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
RAW_BYTES = 16
TOKEN_LENGTH = len(PREFIX) + 28

_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ENCODE = str.maketrans(_RFC4648, ALPHABET)
_DECODE = str.maketrans(ALPHABET, _RFC4648)
_SHAPE = re.compile(rf"K1\.([{ALPHABET}]{{26}})([{ALPHABET}]{{2}})(?![0-9A-Z])", re.IGNORECASE)
_CLAIM = re.compile(r"(?<![0-9A-Z])K1\.", re.IGNORECASE)


def make_token(raw: bytes | None = None) -> str:
    """Return a new token, or the one of the given 16 bytes."""
    raw = secrets.token_bytes(RAW_BYTES) if raw is None else raw
    if len(raw) != RAW_BYTES:
        raise ValueError(f"a token is made of {RAW_BYTES} bytes, not of {len(raw)}")
    body = base64.b32encode(raw)[:26].decode().translate(_ENCODE)
    return f"{PREFIX}{body}{_check(raw)}"


def parse_token(text: str) -> str | None:
    """Return the first sound token in the text, in upper case, or None.

    The text may be more than the token: a card can carry it inside a web address.
    """
    for match in _SHAPE.finditer(text):
        body, check = match[1].upper(), match[2].upper()
        raw = base64.b32decode(body.translate(_DECODE) + "======")
        # The last symbol has two spare bits: a second spelling of the same bytes is a damaged card.
        if _check(raw) == check and make_token(raw)[len(PREFIX) :] == body + check:
            return f"{PREFIX}{body}{check}"
    return None


def claims_to_be_token(text: str) -> bool:
    """Tell whether the text says it is one of our cards, sound or damaged."""
    return bool(_CLAIM.search(text))


def _check(raw: bytes) -> str:
    crc = binascii.crc_hqx(raw, 0) & 0x3FF
    return ALPHABET[crc >> 5] + ALPHABET[crc & 31]
