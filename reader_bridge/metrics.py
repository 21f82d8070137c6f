"""The bridge's figures for Prometheus, from the same report as ``/healthz``.

:source: Prometheus text exposition format 0.0.4
"""

from collections.abc import Iterator, Mapping
from typing import Any

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "customer_card_bridge"


def render(report: Mapping[str, Any]) -> str:
    """Return the figures of one report; no card and no person is in it."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    yield from _family("ok", "gauge", "1 when nothing is wrong", {"": int(report["ok"])})
    for name, what in (
        ("watcher_age_s", "Seconds since the readers were last looked at"),
        ("spool_depth", "Cards the ERP has not answered yet"),
        ("spool_oldest_age_s", "Seconds the oldest of them has waited"),
        ("erp_ok_age_s", "Seconds since the ERP last answered"),
    ):
        if report[name] is not None:
            yield from _family(name, "gauge", what, {"": report[name]})
    yield from _family(
        "reader_ready",
        "gauge",
        "1 when the reader is connected",
        {
            _labels(reader=name, source=report["sources"].get(name, "")): int(state != "gone")
            for name, state in report["readers"].items()
        },
    )
    yield from _family(
        "events_total",
        "counter",
        "What happened since the start",
        {_labels(event=name): count for name, count in sorted(report["counts"].items())},
    )
    yield f"# HELP {_PREFIX}_erp_call_seconds Calls that brought cards to the ERP"
    yield f"# TYPE {_PREFIX}_erp_call_seconds summary"
    yield f"{_PREFIX}_erp_call_seconds_sum {report['erp_calls_s']}"
    yield f"{_PREFIX}_erp_call_seconds_count {report['erp_calls']}"
    labels = _labels(version=report["version"], till=report["till"])
    yield from _family("info", "gauge", "Which bridge this is", {labels: 1})


def _family(name: str, kind: str, what: str, samples: Mapping[str, Any]) -> Iterator[str]:
    yield f"# HELP {_PREFIX}_{name} {what}"
    yield f"# TYPE {_PREFIX}_{name} {kind}"
    for labels, value in samples.items():
        yield f"{_PREFIX}_{name}{labels} {value}"


def _labels(**labels: object) -> str:
    return "{" + ",".join(f'{name}="{_escaped(str(text))}"' for name, text in labels.items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
