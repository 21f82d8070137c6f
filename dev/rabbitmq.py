"""A RabbitMQ from Debian's packages, on free ports of the loopback: the broker some shops have."""

import shutil
import socket
from pathlib import Path

from dev import debian_tree, process, state
from dev.paths import DEV, lock, private

HOME = DEV / "rabbitmq"
SUITE = "bookworm"
ERLANG = (
    *("asn1", "base", "crypto", "eldap", "inets", "mnesia", "os-mon", "parsetools", "public-key"),
    *("runtime-tools", "ssl", "syntax-tools", "tools", "xmerl"),
)


def ensure() -> None:
    """Provide the program.

    :raises Trouble: when there is nothing to download
    """
    packages = {f"erlang-{name}": SUITE for name in ERLANG} | {"rabbitmq-server": SUITE}
    with lock("setup"):
        if not (HOME / "root").is_dir():
            debian_tree.make(HOME, "RabbitMQ (about 35 MB)", packages, "rabbitmq-server", _relocate)


def _relocate(root: Path) -> None:
    """Have Erlang look for itself where it lies now."""
    for script in (root / "usr/lib/erlang").rglob("bin/erl"):
        text = script.read_text()
        script.write_text(text.replace("/usr/lib/erlang", str(HOME / "root/usr/lib/erlang")))


class RabbitMq:
    """One server with its own port mapper; it keeps nothing when it is stopped."""

    def __init__(self, name: str) -> None:
        self.name = f"{name}-rabbitmq"
        self._folder = private() / self.name

    @property
    def url(self) -> str:
        """Return the address for clients."""
        return f"amqp://guest@127.0.0.1:{state.load()[f'port-{self.name}']}//"

    def start(self) -> None:
        """Start it if it does not run.

        :raises Trouble: on a machine where it cannot be had
        """
        ensure()
        if process.running(self.name):
            return
        port = state.port(self.name)
        mapper, nodes = state.port(f"{self.name}-epmd"), state.port(f"{self.name}-nodes")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, parents=True)
        erlang = HOME / "root/usr/lib/erlang"
        (epmd,) = erlang.glob("erts-*/bin/epmd")
        env = self._environment(erlang, port, mapper, nodes)
        process.start(f"{self.name}-epmd", [epmd], ready=lambda: _listens(mapper), env=env)
        (server,) = (HOME / "root/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server")
        process.start(self.name, [server], ready=lambda: _listens(port), env=env, port=port)

    def stop(self) -> None:
        """Stop it, if it runs."""
        process.stop(self.name)
        process.stop(f"{self.name}-epmd")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _environment(self, erlang: Path, port: int, mapper: int, nodes: int) -> dict[str, str]:
        plugins = self._folder / "plugins"
        plugins.touch()
        return {
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(mapper),
            "HOME": str(self._folder),
            "PATH": f"{erlang / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_DIST_PORT": str(nodes),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_NODENAME": "cards@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
