"""A pcscd of our own with the virtual reader; the system's is neither needed nor touched.

pcscd's socket path is built in. It runs in a mount namespace of its own, where a private folder
lies over /run; clients find the socket by PCSCLITE_CSOCK_NAME.
"""

import os
import subprocess
from pathlib import Path

from dev import process, state
from dev.paths import ROOT, content_hash, lock, private
from dev.say import Trouble

DRIVERS = Path("/usr/lib/pcsc/drivers/serial")
DRIVER = DRIVERS / "libifdvpcd.so"
EVENT_DRIVER = ROOT / "tests/kit/evpcd/evpcd.c"
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
        config = self.home / "config"
        for folder in (config, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
        number = self._configure(config)
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

    def _configure(self, config: Path) -> int:
        """Write the readers' file and return the port that the record shall remember."""
        if not DRIVER.exists():
            raise Trouble("The virtual card reader is missing: apt-get install vsmartcard-vpcd")
        number = state.port(self.name, width=2)
        (config / "vpcd").write_text(
            'FRIENDLYNAME "Virtual PCD"\n'
            f"DEVICENAME /dev/null:0x{number:04X}\n"
            f"LIBPATH {DRIVER}\n"
            f"CHANNELID 0x{number:04X}\n"
        )
        return number

    def stop(self) -> None:
        """Stop it, if it runs."""
        process.stop(self.name)

    def kill(self) -> None:
        """End it as a crash would."""
        process.crash(self.name)


class EventPcscd(Pcscd):
    """The same with readers that report by themselves, as USB readers do; see ``evpcd.c``.

    :param names: one reader each; what they are called decides how the bridge speaks to them
    """

    def __init__(self, name: str, names: tuple[str, ...] = ("Event Reader",)) -> None:
        super().__init__(name)
        self.names = names

    def slot(self, reader: int = 0) -> Path:
        """Return the socket to which a virtual card connects."""
        return self.home / f"slot-{reader}"

    def _configure(self, config: Path) -> int:
        driver = event_driver()
        (config / "evpcd").write_text(
            "\n".join(
                f'FRIENDLYNAME "{name}"\n'
                f"DEVICENAME /dev/null:{self.slot(number)}\n"
                f"LIBPATH {driver}\n"
                f"CHANNELID 0x{number:04X}\n"
                for number, name in enumerate(self.names)
            )
        )
        return 0


def event_driver() -> Path:
    """Build the driver, if it is not there, and return where it is."""
    with lock("evpcd"):
        built = private() / f"libevpcd-{content_hash(EVENT_DRIVER)}.so"
        if not built.exists():
            draft = built.with_suffix(".new")
            flags = ["-shared", "-fPIC", "-O2", "-Wall", "-I/usr/include/PCSC"]
            answer = subprocess.run(
                ["gcc", *flags, EVENT_DRIVER, "-o", draft], capture_output=True, text=True
            )
            if answer.returncode:
                raise Trouble(f"The event-driven virtual reader was not built:\n{answer.stderr}")
            draft.rename(built)
    return built
