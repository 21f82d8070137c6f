"""Key strokes of a scanner that poses as a keyboard, made into codes.

Decoded by the position of the keys on a US keyboard, whatever layout the computer has.
:source: Linux input-event-codes.h; Documentation/input/event-codes.rst (SYN_DROPPED)
"""

from dataclasses import dataclass, field

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
_SHIFTS = {42, 54}
_ENDS = {28, 96, 15}  # Enter, Enter of the number pad, Tab
_SILENT = {58, 69}  # Caps Lock and Num Lock: our codes do not tell the cases apart
_LONGEST = 512
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
)
_PLAIN = {first + at: key for first, plain, _ in _ROWS for at, key in enumerate(plain)}
_SHIFTED = {first + at: key for first, _, shifted in _ROWS for at, key in enumerate(shifted)}
_PAD = dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82, 83), "7894561230.", strict=True))
_PLAIN |= {57: " ", 55: "*", 74: "-", 78: "+", 98: "/", **_PAD}
_SHIFTED = {**_PLAIN, **_SHIFTED}


@dataclass
class KeyDecoder:
    """Events in, codes out; after an overrun nothing comes out until the next code begins."""

    _text: list[str] = field(default_factory=list)
    _shift: set[int] = field(default_factory=set)
    _broken: bool = False
    _stale: bool = False

    def feed(self, kind: int, code: int, value: int) -> list[str | None]:
        """Take one event and return the code it completes; None stands for a damaged one.

        :param value: 1 pressed, 0 released, 2 held
        """
        if kind == EV_SYN:
            if code == SYN_DROPPED:
                self._broken = self._stale = True
                self._shift.clear()
            elif code == SYN_REPORT:
                self._stale = False
            return []
        if kind != EV_KEY or self._stale:  # up to the next report the kernel's events mean nothing
            return []
        if code in _SHIFTS:
            (self._shift.discard if value == 0 else self._shift.add)(code)
        elif value == 1:
            return self._pressed(code)
        return []

    def _pressed(self, code: int) -> list[str | None]:
        if code in _ENDS:
            text, broken = "".join(self._text), self._broken
            self._text.clear()
            self._broken = False
            if broken:
                return [None]
            return [text] if text.strip() else []
        key = (_SHIFTED if self._shift else _PLAIN).get(code)
        if key is not None and len(self._text) < _LONGEST:
            self._text.append(key)
        elif code not in _SILENT:
            self._broken = True
        return []
