"""What stands on cards: the code of a chip or QR card, and the printed number."""

import base64
import binascii
import re

PREFIX = "K1."
# No I, O, Y, Z: the code survives a scanner set to a German keyboard and Caps Lock.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ENCODE = str.maketrans(_RFC4648, ALPHABET)
_DECODE = str.maketrans(ALPHABET, _RFC4648)
TOKEN_BYTES = 16
SYMBOLS = 26


def token_of(raw):
    """Return the text on a card for 16 random bytes: prefix, 26 symbols, 2 check symbols."""
    body = base64.b32encode(raw).decode()[:SYMBOLS].translate(_ENCODE)
    check = binascii.crc_hqx(raw, 0) & 0x3FF
    return PREFIX + body + ALPHABET[check >> 5] + ALPHABET[check & 31]


def normal_token(text):
    """Return the canonical form of a card text, or None when it is not one of ours."""
    text = (text or "").strip().upper()
    body = text[len(PREFIX) :]
    if not text.startswith(PREFIX) or len(body) != SYMBOLS + 2 or not set(body) <= set(ALPHABET):
        return None
    raw = base64.b32decode(body[:SYMBOLS].translate(_DECODE) + "=" * 6)
    return text if token_of(raw) == text else None


def normal_number(text):
    """Return a printed card number as it is compared: capitals and digits, nothing between."""
    return re.sub(r"[^0-9A-Z]", "", str(text or "").upper())[:40]
