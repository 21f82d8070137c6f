"""Cuts what a scanner sends into codes, and tells a whole code from what is left of one."""

from collections.abc import Callable

Scanned = Callable[[str, str | None, float], None]
_END = b"\r\n\t\0\3"
_LONGEST = 512


class Lines:
    """Bytes in, codes out; a code ends with Enter (or another of the usual suffixes).

    A scanner that was set to send no suffix is understood as well, but only its codes that carry a
    check: of a bare number nobody could say whether it is all of it.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._too_long = False

    @property
    def open(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._buffer) or self._too_long

    def feed(self, chunk: bytes) -> list[str | None]:
        """Return the codes that are complete now; None stands for one that makes no sense."""
        codes: list[str | None] = []
        for byte in chunk:
            if byte in _END:
                codes += self.end()
            elif len(self._buffer) < _LONGEST:
                self._buffer.append(byte)
            else:
                self._too_long = True
        return codes

    def end(self) -> list[str | None]:
        """Return what has come so far; an empty line is nothing."""
        text, too_long = self._buffer.decode("utf-8", "replace"), self._too_long
        self._buffer.clear()
        self._too_long = False
        if too_long:
            return [None]
        return [text] if text.strip() else []
