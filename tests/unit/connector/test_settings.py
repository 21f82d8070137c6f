from pathlib import Path

import pytest
from marshmallow import Schema, fields

from connector import settings
from connector.erp import ErpSettings
from connector.erp.schema import ErpSchema
from connector.exceptions import ConfigInvalid

GOOD = """\
erp:
  url: https://erp.example.com
  database: shop
  login: worker
  secret: env:CARD_KEY
"""


class FileSchema(Schema):
    erp = fields.Nested(ErpSchema, required=True)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARD_KEY", "s3cret")


def load(tmp_path: Path, text: str) -> ErpSettings:
    path = tmp_path / "shop.yaml"
    path.write_text(text)
    return settings.load(path, FileSchema())["erp"]


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        load(tmp_path, text)
    return [problem.removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_secret_comes_from_the_environment_and_is_never_shown(tmp_path):
    erp = load(tmp_path, GOOD)
    assert erp.secret == "s3cret"
    assert erp.transport == "json2"
    assert "s3cret" not in repr(erp)


def test_secret_comes_from_the_first_line_of_a_file(tmp_path):
    (tmp_path / "key").write_text("from-file\n")
    assert (
        load(tmp_path, GOOD.replace("env:CARD_KEY", f"file:{tmp_path}/key")).secret == "from-file"
    )


@pytest.mark.parametrize("written", ["s3cret", '"env:"', "plain:thing", "17"])
def test_a_secret_in_the_file_is_refused_without_repeating_it(tmp_path, written):
    (problem,) = problems(tmp_path, GOOD.replace("env:CARD_KEY", written))
    assert problem.startswith("shop.yaml:5:11: erp.secret: write env:NAME or file:PATH")
    assert "s3cret" not in problem


def test_a_missing_variable_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("CARD_KEY")
    (problem,) = problems(tmp_path, GOOD)
    assert "environment variable CARD_KEY is not set" in problem


def test_unknown_key_names_line_and_the_nearest_known_one(tmp_path):
    assert problems(tmp_path, GOOD.replace("database", "databse")) == [
        "shop.yaml:1:1: erp.database: missing data for required field.",
        "shop.yaml:3:3: unknown key 'databse', did you mean 'database'?",
    ]


@pytest.mark.parametrize(
    "address", ["erp.example.com", "ftp://x", "https://u:p@erp.example.com", "https://x/odoo"]
)
def test_only_a_plain_address_is_taken(tmp_path, address):
    (problem,) = problems(tmp_path, GOOD.replace("https://erp.example.com", address))
    assert problem.startswith("shop.yaml:2:8: erp.url: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "erp: [",
            "shop.yaml:1:7: a bracket was opened and not closed, or a ',' is missing"
            " (did not find expected node content)",
        ),
        ("- 1", "shop.yaml:1:1: expected 'key: value' lines"),
        (GOOD + "  login: again\n", "shop.yaml:6:3: 'login' stands here twice"),
        ("", "shop.yaml:1:1: erp: missing data for required field."),
    ],
)
def test_what_is_no_settings_file_is_refused_with_its_place(tmp_path, text, problem):
    assert problems(tmp_path, text) == [problem]


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ConfigInvalid, match="none.yaml: cannot be read: No such file"):
        settings.load(tmp_path / "none.yaml", FileSchema())
