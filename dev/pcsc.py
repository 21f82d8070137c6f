"""A pcscd of our own with the virtual reader; the system's is neither needed nor touched.

pcscd's socket path is built in. It runs in a mount namespace of its own, where a private folder
lies over /run; clients find the socket by PCSCLITE_CSOCK_NAME.
"""

import os
from pathlib import Path

from dev import process, state
from dev.paths import private
from dev.say import Trouble

DRIVERS = Path("/usr/lib/pcsc/drivers/serial")
DRIVER = DRIVERS / "libifdvpcd.so"
OVER_RUN = 'mount --bind "$1" /run && exec pcscd --foreground --config "$2"'


class Pcscd:
    """One daemon, named after what it is for."""

    def __init__(self, name: str) -> None:
        self.name = f"{name}-pcscd"
        self.home = private() / f"pcsc-{name}"
        self.socket = self.home / "run/pcscd/pcscd.comm"

    @property
    def env(self) -> dict[str, str]:
        """Return what a PC/SC client needs in its environment."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket)}

    @property
    def port(self) -> int:
        """Return the port to which a virtual card connects; the second reader is the next one."""
        record = process.running(self.name)
        return record["port"] if record else state.load()[f"port-{self.name}"]

    def start(self) -> None:
        """Start it if it does not run.

        :raises Trouble: when the driver is missing or the kernel refuses the namespace
        """
        if process.running(self.name):
            return
        if not DRIVER.exists():
            raise Trouble("The virtual card reader is missing: apt-get install vsmartcard-vpcd")
        number = state.port(self.name, width=2)
        config = self.home / "config"
        for folder in (config, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
        (config / "vpcd").write_text(
            'FRIENDLYNAME "Virtual PCD"\n'
            f"DEVICENAME /dev/null:0x{number:04X}\n"
            f"LIBPATH {DRIVER}\n"
            f"CHANNELID 0x{number:04X}\n"
        )
        self.socket.unlink(missing_ok=True)
        (self.socket.parent / "pcscd.pid").unlink(missing_ok=True)
        as_root_inside = ["--map-root-user"] if os.geteuid() else []
        try:
            process.start(
                self.name,
                [
                    *("unshare", "--mount", *as_root_inside, "sh", "-c", OVER_RUN, "sh"),
                    *(self.home / "run", config),
                ],
                ready=self.socket.exists,
                env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
                timeout=10,
                port=number,
            )
        except Trouble as trouble:
            hint = "\nA normal user needs a kernel that allows user namespaces; root does not."
            raise Trouble(f"{trouble}{hint if os.geteuid() else ''}") from trouble

    def stop(self) -> None:
        """Stop it, if it runs."""
        process.stop(self.name)

    def kill(self) -> None:
        """End it as a crash would."""
        process.crash(self.name)
