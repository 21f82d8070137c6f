"""One figure and the other way it stands beside."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured.

    :param other: the same by the *beside* way, in the same run
    :param more_is_better: which side of the ratio is the good one
    :param target: what the ratio or the figure should be
    """

    name: str
    unit: str
    ours: float
    beside: str = ""
    other: float | None = None
    more_is_better: bool = True
    target: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better we are."""
        if not self.other or not self.ours:
            return None
        return self.ours / self.other if self.more_is_better else self.other / self.ours

    def as_dict(self) -> dict[str, Any]:
        """Return it with its ratio."""
        return {**asdict(self), "ratio": self.ratio}


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as text for people."""
    lines = [f"{'':44}{'ours':>11} {'unit':16}{'beside':>11}  {'':34}{'better ×':>8}  target"]
    for one in figures:
        other = "" if one.other is None else number(one.other)
        ratio = "" if one.ratio is None else number(one.ratio)
        lines.append(
            f"{one.name:44}{number(one.ours):>11} {one.unit:16}{other:>11}  {one.beside:34}"
            f"{ratio:>8}  {one.target}"
        )
    return "\n".join(lines)


def number(value: float) -> str:
    """Return three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
