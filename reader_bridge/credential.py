"""The texts that name a card: our token, our rotating code, the address of an NTAG 424 DNA.

A customer card carries ``K1.`` and 128 random bits, and nothing about anybody.

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
SIGNED_BYTES = 20
TOKEN_LENGTH = len(PREFIX) + 28

_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ENCODE = str.maketrans(_RFC4648, ALPHABET)
_DECODE = str.maketrans(ALPHABET, _RFC4648)
_SHAPE = re.compile(rf"K1\.([{ALPHABET}]{{26}})([{ALPHABET}]{{2}})(?![0-9A-Z])", re.IGNORECASE)
_SIGNED = re.compile(rf"K2\.([{ALPHABET}]{{32}})([{ALPHABET}]{{2}})(?![0-9A-Z])", re.IGNORECASE)
_CLAIM = re.compile(r"(?<![0-9A-Z])K[12]\.", re.IGNORECASE)
_SUN_PARTS = {
    name: re.compile(rf"[?&]{name}=([0-9A-F]{{{size}}})(?=[&#]|$)", re.IGNORECASE)
    for name, size in (("e", 32), ("c", 16))
}
_NUMBER_LENGTH = 64


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


def make_signed(raw: bytes) -> str:
    """Return the text of a rotating code of 20 bytes, which only the ERP can make and check."""
    if len(raw) != SIGNED_BYTES:
        raise ValueError(f"a rotating code is made of {SIGNED_BYTES} bytes, not of {len(raw)}")
    return f"K2.{base64.b32encode(raw).decode().translate(_ENCODE)}{_check(raw)}"


def parse_signed(text: str) -> str | None:
    """Return the first undamaged rotating code in the text, in upper case, or None."""
    for match in _SIGNED.finditer(text):
        raw = base64.b32decode(match[1].upper().translate(_DECODE))
        if _check(raw) == match[2].upper():
            return match[0].upper()
    return None


def parse_sun(text: str) -> str | None:
    """Return what an NTAG 424 DNA says about itself, ``<e>.<c>``, or None.

    :source: NXP AN12196, section 3.4: the tag writes it anew into its address at every tap
    """
    found = [pattern.search(text) for pattern in _SUN_PARTS.values()]
    return ".".join(one[1].upper() for one in found if one) if all(found) else None


def parse_text(text: str) -> tuple[str, str] | None:
    """Return kind and value of what is ours in the text, or None."""
    for kind, parse in (("token", parse_token), ("signed", parse_signed), ("sun", parse_sun)):
        if value := parse(text):
            return kind, value
    return None


def parse_scan(text: str) -> tuple[str, str]:
    """Return kind and value of a scanned text; what is not ours is a printed number.

    What says it is ours and is damaged is ``unreadable``: half a code is never a number.
    """
    number = text.strip()
    if found := parse_text(number):
        return found
    if claims_to_be_ours(number) or not number.isprintable() or "\ufffd" in number:
        return "unreadable", ""
    return ("number", number) if 0 < len(number) <= _NUMBER_LENGTH else ("unreadable", "")


def claims_to_be_ours(text: str) -> bool:
    """Tell whether the text says it is one of our codes, sound or damaged."""
    return bool(_CLAIM.search(text))


def _check(raw: bytes) -> str:
    crc = binascii.crc_hqx(raw, 0) & 0x3FF
    return ALPHABET[crc >> 5] + ALPHABET[crc & 31]
