"""One function per command; each returns the exit code."""

import shutil

from dev import checks, process, stack
from dev.paths import DEV, private
from dev.say import say


def setup() -> int:
    """Install everything, start nothing."""
    stack.setup()
    return 0


def lint() -> int:
    """Check style, types, imports and the addon's manifests."""
    stack.setup_tools()
    return checks.report(checks.run_all())


def stop() -> int:
    """Stop everything this clone started."""
    process.stop_all()
    return 0


def clean() -> int:
    """Stop everything and remove all that was made."""
    process.stop_all()
    shutil.rmtree(private(), ignore_errors=True)
    shutil.rmtree(DEV, ignore_errors=True)
    say("  removed")
    return 0


COMMANDS = {"setup": setup, "lint": lint, "stop": stop, "clean": clean}
