from pathlib import Path

import pytest
import yaml

from connector.exceptions import ConfigInvalid
from connector.settings import load
from worker import cli
from worker.schedule import loops
from worker.settings import WorkerSchema, WorkerSettings

EXAMPLE = Path(__file__).parents[3] / "config" / "worker.example.yaml"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_CARD_WORKER_KEY", "k3y")


def changed(tmp_path: Path, old: str, new: str) -> WorkerSettings:
    path = tmp_path / "worker.yaml"
    path.write_text(EXAMPLE.read_text().replace(old, new))
    return load(path, WorkerSchema())


def test_the_example_is_valid():
    settings = load(EXAMPLE, WorkerSchema())
    assert (settings.poll_s, settings.page, settings.mapping) == (0.5, 100, "odoo-19")
    assert settings.broker_name == "redis://127.0.0.1:6379/0"


def test_the_password_of_redis_is_a_reference_and_stays_hidden(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER_CARD_REDIS_PASSWORD", "p@ss/word")
    settings = changed(tmp_path, "  # password", "  password")
    assert settings.broker_url == "redis://:p%40ss%2Fword@127.0.0.1:6379/0"
    assert settings.broker_name == "redis://127.0.0.1:6379/0"
    assert "p@ss" not in repr(settings)
    assert "p%40ss" not in repr(settings)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("redis://", "redis://:secret@", "broker.url: put the password under 'password'"),
        ("redis://", "http://", "broker.url: write it like redis://127.0.0.1:6379/0 or amqp://"),
        ("poll_s: 0.5", "poll_s: 0", "poll_s: must be greater than or equal to 0.1"),
        ("log_level: info", "log_level: loud", "log_level: choose one of: debug, info, warning."),
        ("page: 100", "pages: 100", "unknown key 'pages', did you mean 'page'?"),
        ("transport: json2", "transport: xmlrpc", "choose one of: json2, web, jsonrpc."),
    ],
)
def test_mistakes_are_sentences(tmp_path, old, new, problem):
    with pytest.raises(ConfigInvalid) as caught:
        changed(tmp_path, old, new)
    assert problem in str(caught.value)
    assert "secret@" not in str(caught.value)


def test_rabbitmq_is_a_matter_of_the_address_alone(tmp_path):
    settings = changed(tmp_path, "redis://127.0.0.1:6379/0", "amqp://cards@127.0.0.1:5672/shop")
    assert settings.broker_kind == "The broker"
    assert settings.notes_url == ""
    assert settings.notes_name == "https://erp.example.com"


def test_the_notes_may_have_a_redis_of_their_own(tmp_path):
    notes = "notes: {url: 'redis://10.0.0.9:6379/3'}\nbroker:"
    settings = changed(tmp_path, "broker:", notes)
    assert settings.notes_url == "redis://10.0.0.9:6379/3"
    assert settings.broker_url == "redis://127.0.0.1:6379/0"


FOREIGN = """
foreign:
  erp: {url: "http://10.0.0.7:8069", database: nord, login: cards, secret: env:KEY, transport: web}
  mapping: odoo-14
  stock: {warehouse: WH, on_shortage: partial, units: {Pack: Päckchen 6}}
"""


def test_a_foreign_erp_may_keep_the_stock(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY", "k3y")
    settings = changed(tmp_path, "log_level: info", f"log_level: info\n{FOREIGN}")
    assert settings.foreign[0].stock.on_shortage == "partial"
    assert settings.foreign[0].stock.products == ("default_code", "barcode")
    assert settings.foreign[0].erp.transport == "web"
    with pytest.raises(ConfigInvalid, match="choose one of: book, wait, partial"):
        changed(tmp_path, "log_level: info", FOREIGN.replace("partial", "hope"))


SEVERAL = """
foreign:
  - {{name: nord, erp: {erp}, mapping: odoo-14, read: {{window_s: 60}}, stock: {{warehouse: WH}}}}
  - {{name: sued, erp: {erp}, mapping: odoo-19, read: {{history: false}}}}
  - {{name: west, erp: {erp}, mapping: odoo-19}}
""".format(erp="{url: 'http://10.0.0.7', database: x, login: cards, secret: env:KEY}")


def test_several_foreign_erps_have_a_loop_each(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY", "k3y")
    settings = changed(tmp_path, "log_level: info", f"log_level: info\n{SEVERAL}")
    assert [one.name for one in settings.foreign] == ["nord", "sued", "west"]
    assert settings.stock is settings.foreign[0]
    found = [(loop.what, loop.arguments) for loop in loops(settings)]
    assert found == [
        ("drain", {}),
        ("read:nord", {"source": "nord"}),
        ("read:sued", {"source": "sued"}),
        ("push", {}),
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("name: sued", "name: nord", "foreign.0.name: give each of several a name of its own"),
        ("name: west, ", "", "foreign.2.name: give each of several a name of its own."),
        ("history: false}", "}, stock: {}", "foreign.1.stock: only one of several can keep the"),
        ("window_s: 60", "window: 60", "unknown key 'window', did you mean 'window_s'?"),
        ("secret: env:KEY", "secret: k3y", "foreign.0.erp.secret: write env:NAME or file:PATH"),
    ],
)
def test_mistakes_among_several_are_sentences(tmp_path, monkeypatch, old, new, problem):
    monkeypatch.setenv("KEY", "k3y")
    with pytest.raises(ConfigInvalid) as caught:
        changed(tmp_path, "log_level: info", f"log_level: info\n{SEVERAL.replace(old, new)}")
    assert problem in str(caught.value)


def test_the_example_is_valid_with_everything_that_is_commented_out(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER_CARD_FOREIGN_PASSWORD", "secret")
    text = EXAMPLE.read_text()
    for name in ("notes", "foreign"):
        before, _, rest = text.partition(f"# {name}:")
        lines = rest.splitlines()
        end = next(
            (i for i, line in enumerate(lines) if i and not line.startswith("#")), len(lines)
        )
        section = [line.removeprefix("# ") for line in lines[1:end]]
        text = "\n".join([f"{before}{name}:", *section, *lines[end:]])
    path = tmp_path / "worker.yaml"
    path.write_text(text + "\n")
    settings = load(path, WorkerSchema())
    assert settings.notes_url == "redis://127.0.0.1:6379/1"
    assert settings.foreign[0].stock.warehouses == {"Theke 2": "KIEL"}
    assert settings.foreign[0].read.poll_s == 5
    assert settings.foreign[0].name == "Akustik Nord"


def test_the_examples_for_containers_and_systemd_start_the_worker_with_known_options():
    folder = EXAMPLE.parent
    services = yaml.safe_load((folder / "docker" / "compose.yaml").read_text())["services"]
    commands = [services[name]["command"] for name in ("worker", "slow")]
    for unit in (folder / "systemd").glob("customer-card-worker*.service"):
        (line,) = [one for one in unit.read_text().splitlines() if one.startswith("ExecStart=")]
        commands.append(line.replace("${QUEUES}", "pull,slow").split()[1:])
    assert len(commands) == 4
    for command in commands:
        # A file that is not there is the only thing that is wrong.
        assert cli.main([part.replace("/etc/", "/nowhere/") for part in command]) == 2
