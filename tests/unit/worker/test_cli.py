import time

import pytest
import redis

from worker import cli

FILE = """\
erp: {url: "http://erp.example.com", database: shop, login: worker, secret: env:CARD_KEY}
broker: {url: "redis://127.0.0.1:6379/0"}
"""


@pytest.fixture
def config(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("CARD_KEY", "k3y")
    path = tmp_path / "worker.yaml"
    path.write_text(FILE)
    return str(path)


@pytest.mark.parametrize(
    ("age_s", "erp", "code", "text"),
    [
        (3, "", 0, "All well."),
        (3, "ErpUnreachable", 0, "The ERP is away (ErpUnreachable); it is tried again."),
        (90, "", 1, "Last sign of life 90 s ago."),
    ],
)
def test_health(config, monkeypatch, capsys, age_s, erp, code, text):
    sign = {"at": time.time() - age_s, "erp": erp}
    monkeypatch.setattr(cli, "sign_of_life", lambda _: sign)
    assert cli.main(["health", "--config", config]) == code
    assert text in capsys.readouterr().out


def test_health_without_a_worker_or_without_redis(config, monkeypatch, capsys):
    monkeypatch.setattr(cli, "sign_of_life", lambda _: None)
    assert cli.main(["health", "--config", config]) == 1

    def away(_):
        raise redis.ConnectionError("refused")

    monkeypatch.setattr(cli, "sign_of_life", away)
    assert cli.main(["health", "--config", config]) == 1
    assert "Redis at redis://127.0.0.1:6379/0 does not answer" in capsys.readouterr().out


def test_a_missing_mapping_is_said_before_anything_starts(config, tmp_path, capsys):
    (tmp_path / "worker.yaml").write_text(FILE + "mapping: odoo-91\n")
    assert cli.main(["run", "--config", config]) == 2
    assert "no mapping 'odoo-91'" in capsys.readouterr().err
