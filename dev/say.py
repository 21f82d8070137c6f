"""What a person sees: plain lines, progress with seconds on long steps, one sentence on trouble."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path

from dev.paths import LOGS

TICK = 10
DIES_WITH_US = ["setpriv", "--pdeathsig", "TERM", "--"]


class Trouble(Exception):
    """A sentence for the person in front: what is wrong and what to do."""


_kept: ContextVar[list[str] | None] = ContextVar("kept", default=None)


def say(text: str = "") -> None:
    """Print at once, also into a pipe."""
    kept = _kept.get()
    if kept is None:
        print(text, flush=True)
    else:
        kept.append(text)


@contextlib.contextmanager
def kept() -> Iterator[list[str]]:
    """Keep what this thread says: two who speak at the same time are not understood."""
    lines: list[str] = []
    before = _kept.set(lines)
    try:
        yield lines
    finally:
        _kept.reset(before)


def run(
    title: str,
    argv: Sequence[str | Path],
    *,
    log: str,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    user: str | None = None,
    cwd: Path | str | None = None,
    check: bool = True,
) -> int:
    """Run a long command: its output goes to a log file, the seconds to the screen.

    :raises Trouble: when it fails, with the end of its log
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    say(f"· {title} ...")
    began = ticked = time.monotonic()
    with path.open("w") as output:
        process = subprocess.Popen(
            [*DIES_WITH_US, *(str(arg) for arg in argv)],
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            text=True,
            **({"user": user, "group": user, "extra_groups": []} if user else {}),
        )
        try:
            if stdin is not None:
                process.stdin.write(stdin)
                process.stdin.close()
            while process.poll() is None:
                time.sleep(0.05)
                if time.monotonic() - ticked >= TICK:
                    ticked += TICK
                    say(f"    {title}: {ticked - began:.0f} s")
        except BaseException:
            process.terminate()
            process.wait(30)
            raise
    if process.returncode and check:
        raise Trouble(f"{title} failed, see {path}:\n{tail(path)}")
    say(f"  done in {time.monotonic() - began:.0f} s")
    return process.returncode


def tail(path: Path, lines: int = 25) -> str:
    """Return the last lines of a log, indented."""
    text = path.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in text)


def fail(text: str) -> None:
    """End the command with one plain message."""
    sys.stdout.flush()
    print(f"\n{text}", file=sys.stderr, flush=True)
    sys.exit(1)
