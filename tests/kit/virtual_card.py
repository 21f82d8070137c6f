"""Cards made of software, kept as JSON files.

The chip's side of the conversation only: pcscd and the bridge above it are the real ones.
"""

import json
import secrets
from pathlib import Path
from typing import Any

from reader_bridge.cards import ndef
from tests.kit.memory_card import MEMORY_ATRS, MemoryCard, memory_card
from tests.kit.ndef_chips import Ntag424Card, Type2Card, Type4Card

TYPE2_ATR = "3B8F8001804F0CA0000003060300030000000068"
TYPE4_ATR = "3B80800101"
CHIP_ATR = "3B6500004B41525445"
_NTAG213_PAGES = 45


def blank(kind: str, uid: str = "", token: str = "") -> dict[str, Any]:
    """Return the image of a new card.

    :param kind: ``type2`` (NTAG213), ``type4`` (radio chip card), ``chip`` (with contacts),
        ``ntag424`` (signs each tap), ``sle4442`` or ``sle4428`` (memory with contacts)
    :param token: what a card that was encoded elsewhere carries
    """
    message = ndef.text_message(token) if token else b""
    if kind == "type2":
        uid = uid or "04" + secrets.token_hex(6).upper()
        raw = bytes.fromhex(uid)
        memory = bytearray(_NTAG213_PAGES * 4)
        memory[0:3], memory[4:8] = raw[:3], raw[3:7]
        memory[3] = 0x88 ^ raw[0] ^ raw[1] ^ raw[2]
        memory[12:16] = bytes.fromhex("E1101200")
        content = bytes.fromhex("0103A00C3403") + bytes((len(message),)) + message + b"\xfe"
        memory[16 : 16 + len(content)] = content
        return {"kind": kind, "uid": uid, "atr": TYPE2_ATR, "memory": memory.hex()}
    if kind in MEMORY_ATRS:
        return memory_card(kind, message)
    if kind not in {"type4", "chip", "ntag424"}:
        raise ValueError(f"no such kind of card: {kind}")
    uid = uid or ("" if kind == "chip" else "04" + secrets.token_hex(6).upper())
    file = (len(message).to_bytes(2) + message).ljust(256, b"\0")
    atr = CHIP_ATR if kind == "chip" else TYPE4_ATR
    return {"kind": kind, "uid": uid, "atr": atr, "memory": file.hex()}


def card_of(image: dict[str, Any]) -> Any:
    """Return the chip an image describes."""
    if image["kind"] in MEMORY_ATRS:
        return MemoryCard(image)
    kinds = {"type2": Type2Card, "ntag424": Ntag424Card}
    return kinds.get(image["kind"], Type4Card)(image)


def load(path: Path) -> dict[str, Any]:
    """Read a card's image."""
    image = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(image, dict):
        raise TypeError(f"{path} is not a card's image")
    return image


def save(path: Path, image: dict[str, Any]) -> None:
    """Write a card's image, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(image, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
