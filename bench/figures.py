"""A row of the report: durations, their median and 95th percentile, and what stands beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


def percentile(durations_s: Sequence[float], share: float) -> float | None:
    """Return the smallest duration that *share* of all do not exceed (nearest rank)."""
    if not durations_s:
        return None
    return sorted(durations_s)[max(math.ceil(share * len(durations_s)), 1) - 1]


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, and the same action done by the plain script.

    :param lost: how often nothing came within the patience of the bench
    :param per_s: how many of it were done in a second, by all tills together
    :param busy: how often the ERP asked to repeat
    """

    name: str
    durations_s: Sequence[float]
    plain_s: Sequence[float] = ()
    lost: int = 0
    per_s: float | None = None
    busy: int | None = None

    def percentile_ms(self, share: float) -> float:
        """Return one percentile in milliseconds; not a number where nothing was measured."""
        found = percentile(self.durations_s, share)
        return math.nan if found is None else found * 1000

    def as_dict(self) -> dict[str, Any]:
        """Return the figures in milliseconds."""
        figures = {
            "name": self.name,
            "n": len(self.durations_s),
            "lost": self.lost,
            "p50_ms": _ms(percentile(self.durations_s, 0.5)),
            "p95_ms": _ms(percentile(self.durations_s, 0.95)),
            "plain_p50_ms": _ms(percentile(self.plain_s, 0.5)),
            "plain_p95_ms": _ms(percentile(self.plain_s, 0.95)),
            "ratio": None,
            "per_s": None if self.per_s is None else round(self.per_s, 1),
            "busy": self.busy,
            "durations_ms": [_ms(one) for one in self.durations_s],
        }
        if figures["p50_ms"] and figures["plain_p50_ms"]:
            figures["ratio"] = round(figures["plain_p50_ms"] / figures["p50_ms"], 1)
        return figures


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong together."""

    title: str
    rows: list[Row] = field(default_factory=list)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
