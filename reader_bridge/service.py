"""Make the bridge a service of this computer, where systemd can."""

import shutil
import subprocess
import sys
from pathlib import Path

from connector.exceptions import FatalError

UNIT = Path("/etc/systemd/system/customer-card-bridge.service")
_PROGRAM = "/opt/customer-card/bin/customer-card-bridge"
_TEMPLATE = Path(__file__).with_name("customer-card-bridge.service")


class ServiceFailed(FatalError):
    """systemd did not start the bridge, and says why."""


def available() -> bool:
    """Tell whether systemd runs here."""
    return Path("/run/systemd/system").is_dir() and shutil.which("systemctl") is not None


def unit(program: Path) -> str:
    """Return the unit for the bridge installed at *program*."""
    return _TEMPLATE.read_text(encoding="utf-8").replace(_PROGRAM, str(program))


def install(unit_file: Path = UNIT) -> None:
    """Write the unit, start the bridge now and with the computer.

    :raises ServiceFailed: it does not run
    """
    program = Path(sys.argv[0]).resolve()
    try:
        unit_file.write_text(unit(program), encoding="utf-8")
    except OSError as error:
        raise ServiceFailed(f"{unit_file}: {error.strerror}") from error
    for command in (
        ("daemon-reload",),
        ("enable", "customer-card-bridge.service"),
        ("restart", "customer-card-bridge.service"),
    ):
        done = subprocess.run(["systemctl", *command], capture_output=True, text=True)  # noqa: S603, S607
        if done.returncode:
            raise ServiceFailed(done.stderr.strip() or f"systemctl {' '.join(command)}")
