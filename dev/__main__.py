"""The commands behind the Makefile: ``python3 -m dev COMMAND``."""

import argparse
import signal
import sys

from dev import say
from dev.commands import COMMANDS


def main() -> None:
    """Run one command; trouble ends it with a sentence, not with a traceback."""
    parser = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs="*")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    try:
        sys.exit(COMMANDS[options.command](*options.arguments))
    except say.Trouble as trouble:
        say.fail(str(trouble))
    except KeyboardInterrupt:
        say.fail("Interrupted. The next run goes on where this one stopped.")


if __name__ == "__main__":
    main()
