"""NTAG 424 DNA: what a tap sends (SUN) and how it is verified.

The tag mirrors two values into its web address: ``e``, its serial number and tap counter,
encrypted, and ``c``, a MAC over both that no one without the tag's key can make.

:source: NXP AN12196 (Rev. 1.8) sections 3.3 and 3.4, AN10922 section 2.2
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

_PICC_TAG = 0xC7  # serial number of 7 bytes, and the counter, are mirrored
_SV2 = bytes.fromhex("3CC300010080")
# ``bytes.fromhex`` passes over blanks, so 32 signs of which some are blank make fewer bytes.
_TEXT = re.compile(r"([0-9A-Fa-f]{32})\.([0-9A-Fa-f]{16})")
# Long enough that the diversification input has two blocks, as AN10922 wants it.
_META_INPUT = b"\x01customer card meta"
_FILE_INPUT = b"customer card"


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap of one tag. *counter* grows by one at each tap, also at those nobody sent us."""

    uid: str
    counter: int


def meta_key(master: bytes) -> bytes:
    """Return the key of all tags that hides serial number and counter (SDMMetaRead)."""
    return _cmac(master, _META_INPUT)


def file_key(master: bytes, uid: bytes) -> bytes:
    """Return the tag's own key that signs its taps (SDMFileRead).

    :param uid: 7 bytes
    """
    return _cmac(master, b"\x01" + uid + _FILE_INPUT)


def verify(value: str, meta: bytes, key_of: Callable[[bytes], bytes]) -> Tap | None:
    """Return the Tap that the text ``<e>.<c>`` proves, or None.

    :param value: 32 hex digits, a point, 16 hex digits
    :param meta: the key of :func:`meta_key`
    :param key_of: gives the tag's own key for its 7 bytes
    """
    match = _TEXT.fullmatch(str(value or ""))
    if not match:
        return None
    picc, mac = map(bytes.fromhex, match.groups())
    plain = _decrypt(meta, picc)
    if plain[0] != _PICC_TAG:
        return None
    uid, counter = plain[1:8], plain[8:11]
    session = _cmac(key_of(uid), _SV2 + uid + counter)
    if not hmac.compare_digest(_cmac(session, b"")[1::2], mac):
        return None
    return Tap(uid.hex().upper(), int.from_bytes(counter, "little"))


def tap_text(uid: bytes, counter: int, meta: bytes, key: bytes, padding: bytes = bytes(5)) -> str:
    """Return what a tag with these keys sends: for tests and for trying a tag out."""
    count = counter.to_bytes(3, "little")
    block = Cipher(algorithms.AES(meta), modes.CBC(bytes(16))).encryptor()
    picc = block.update(bytes([_PICC_TAG]) + uid + count + padding) + block.finalize()
    mac = _cmac(_cmac(key, _SV2 + uid + count), b"")[1::2]
    return f"{picc.hex()}.{mac.hex()}".upper()


def _decrypt(key: bytes, block: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
    return decryptor.update(block) + decryptor.finalize()


def _cmac(key: bytes, data: bytes) -> bytes:
    cmac = CMAC(algorithms.AES(key))
    cmac.update(data)
    return cmac.finalize()
