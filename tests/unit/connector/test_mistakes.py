"""M6: each mistake is an error with file, line, column, what is there and what to write."""

import http.server
import ssl
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.check.advice import advised
from connector.check.erps import check_source
from connector.erp import ErpSettings, connect
from connector.exceptions import ConfigInvalid, ErpUnreachable
from connector.foreign.settings import ForeignSettings, NightSchema, ReadSettings
from connector.mapping import schema
from connector.mapping.yamlfile import YamlFile
from tests.unit.foreign_table import KeepingHost
from tests.unit.receipts import MAPPING, mapping_at, receipts

ERP = ErpSettings("http://nord", "nord", "admin", "secret", "web")
LIVE = "live: {x_bon_id.x_state: [paid]}"
GENDER = "customer:\n  fields:\n    gender: "
STREAMS = ("customer", "product", "invoice_line")


def errors(folder, *changes, level="error", streams=STREAMS, add=""):
    """Return what a check of this mapping says."""
    path = Path(mapping_at(folder, *changes))
    path.write_text(path.read_text() + add)
    reading = ForeignSettings(ERP, str(path), None, ReadSettings(streams=streams), "nord")
    found = check_source(reading, schema.load(str(path)), host=KeepingHost(), erp=receipts())
    return [one.text.replace(f"{folder}/", "") for one in found if one.level == level]


def refused(folder, *changes, add=""):
    """Return why this mapping cannot be loaded."""
    path = Path(mapping_at(folder, *changes))
    path.write_text(path.read_text() + add)
    with pytest.raises(ConfigInvalid) as caught:
        schema.load(str(path))
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]


def test_the_right_mapping_has_no_mistake(tmp_path):
    assert errors(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        # wrong model
        ("from: x_bon_line", "from: x_bon_lin", "5:9", "the ERP has no model 'x_bon_lin'"),
        # links to the wrong model
        (
            "x_bon_id.x_customer_id",
            "x_bon_id.x_currency_id",
            "14:15",
            "'customer' has to point to res.partner, but x_bon_id.x_currency_id points to"
            " res.currency: write x_bon_id.x_customer_id",
        ),
        (
            "product: x_article_id",
            "product: x_article_id.product_tmpl_id",
            "15:14",
            "'product' has to point to product.product, but x_article_id.product_tmpl_id points to"
            " product.template",
        ),
        (
            "currency: x_bon_id.x_currency_id",
            "currency: x_bon_id.x_customer_id",
            "22:15",
            "'currency' has to point to res.currency",
        ),
        # values that never match
        (LIVE, "live: {x_bon_id.x_customer_id: nein}", "9:9", "write a field of that"),
        (LIVE, "live: {x_pieces: nein}", "9:9", "it is a number, without quotes"),
        (LIVE, "live: {x_bon_id.x_number: 815}", "9:9", 'a text needs quotes, write "815"'),
        (LIVE, "live: {x_bon_id.x_state: yes}", "9:9", 'a text needs quotes, write "yes"'),
        (LIVE, "live: {x_bon_id.x_customer_id.active: ja}", "9:9", "true or false, without quotes"),
        ("where: []", "where: [[x_gross, '=', viel]]", "6:10", "it is a number, without quotes"),
        # a watch without the parent
        (
            "watch: [write_date, x_bon_id.write_date]",
            "watch: [write_date]",
            "7:10",
            "write watch: [write_date, x_bon_id.write_date]",
        ),
        # the document left out: not our file is to blame
        (
            "    document: x_bon_id\n",
            "",
            "5:9",
            "'document' must be a field of x_bon_line that points to the invoice or order,"
            " 'move_id' is none; there is: x_article_id, x_bon_id",
        ),
        # a rule left out, so that Odoo's own stays
        (
            "    gross: x_gross\n",
            "",
            "5:9",
            "'gross' is still 'price_total' as in odoo-19, and the ERP has no field 'price_total'"
            " in x_bon_line: write a rule for 'gross' into this file",
        ),
        # a text as a date, a date with a format, a link as a text
        (
            "date: x_bon_id.x_day",
            "date: x_bon_id.x_text",
            "13:11",
            'write {path: x_bon_id.x_text, format: "%d.%m.%Y"}',
        ),
        (
            "date: x_bon_id.x_day",
            "date: {path: x_bon_id.x_day, format: '%d.%m.%Y'}",
            "13:11",
            "'format' is for texts, leave it out",
        ),
        (
            "number: x_bon_id.x_number",
            "number: x_bon_id.x_customer_id",
            "12:13",
            "write the field of it that you mean, x_bon_id.x_customer_id.name perhaps",
        ),
        # fields that are not there, a link of many, a time stamp that is none
        ("quantity: x_pieces", "quantity: x_piece", "16:15", "did you mean 'x_pieces'?"),
        ("number: x_bon_id.x_number", "number: x_pieces.x", "12:13", "does not point to one"),
        ("x_bon_id.write_date", "x_bon_id.x_day", "7:10", "no time stamp that the ERP keeps"),
        ("where: []", "where: [[x_grosss, '>', 0]]", "6:10", "did you mean 'x_gross'?"),
        (LIVE, "live: {x_bon_id.x_stat: paid}", "9:9", "did you mean 'x_state'?"),
    ],
)
def test_what_never_works_is_an_error(tmp_path, old, new, line, said):
    found = errors(tmp_path, (old, new))
    assert any(f"bons.yaml:{line}: " in one and said in one for one in found), found


def test_what_is_read_twice_would_count_twice(tmp_path):
    rules = MAPPING.partition("invoice_line:")[2]
    found = errors(tmp_path, streams=(*STREAMS, "pos_line"), add=f"pos_line:{rules}")
    assert any("bons.yaml:25:9: invoice_line reads x_bon_line already" in one for one in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # our own values
        ("", f"{GENDER}{{path: name, map: {{Frau: w}}}}\n", "gender is never 'w' here; it is one"),
        ("", "product:\n  fields: {kind: {const: good}}\n", "did you mean 'goods'?"),
        ("", "stock_move:\n  fields: {purpose: {const: isue}}\n", "did you mean 'issue'?"),
        (
            "",
            "stock_move:\n  fields: {direction: {path: a, default: x}}\n",
            "one of: out, in, other",
        ),
        # verbs and keys
        ("gross: x_gross", "gross: {path: x_gross, regex: a}", "unknown key 'regex'; there is: "),
        ("gross: x_gross", "gross: {pth: x_gross}", "unknown key 'pth', did you mean 'path'?"),
        ("gross: x_gross", "gross: {path: a, const: 1}", "exactly one of path, first and const"),
        ("gross: x_gross", "gross: x gross", "Write a field name"),
        ("invoice_line:", "invoice_lines:", "did you mean 'invoice_line'?"),
        ("where: []", "where: {x_gross: 1}", "where: not a valid list"),
        ("where: []", "where: [[x_gross, '==', 1]]", "'==' is none of: ="),
        ("version: 19", "version: '19'", "version: not a valid integer"),
        ("extends: odoo-19", "extends: odoo-15", "Write 'extends: odoo-14' and 'version: 15'"),
        ("extends: odoo-19", "extends: odoo-91", "Write 'extends: odoo-19' and 'version: 91'"),
        ("version: 19", "version: 19\ntimezone: Berlin", "write it like Europe/Berlin"),
        # YAML itself
        ("  from: x_bon_line", "\tfrom: x_bon_line", "5:1: a tab stands here: indent with spaces"),
        ("  where: []", "   where: []", "6:9: this line is indented otherwise than its neighbours"),
        ("where: []", "where: [", "a bracket was opened and not closed"),
        ("where: []", "where: 'x", "a quote was opened and not closed"),
        ("where: []", "where: *x", "'*' and '\\\\' need single quotes"),
        (
            "where: []",
            "where: a: b",
            "6:11: this line is indented otherwise than its neighbours, or",
        ),
        ("where: []", "where: !x y", "no tags (!): plain values only"),
        ("where: []", "where: []\n  where: []", "7:3: 'where' stands here twice"),
        ("where: []", "? [a]\n  : b", "a list or mapping cannot stand before ':'"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, old, new, said):
    found = refused(tmp_path, (old, new)) if old else refused(tmp_path, add=new)
    assert any("bons.yaml:" in one and said.lower() in one.lower() for one in found), found


def test_purpose_as_a_field_says_how_a_fixed_value_is_written(tmp_path):
    text = "stock_move:\n  from: x_bon_line\n  fields: {purpose: isue}\n"
    found = errors(tmp_path, streams=("stock_move",), add=text)
    assert any("written {const: issue}" in one for one in found), found


def test_times_need_no_quotes(tmp_path):
    path = tmp_path / "night.yaml"
    path.write_text("from: 20:00\nuntil: 6:30\n")
    night = YamlFile(path).load(NightSchema())
    assert (night.begins.hour, night.ends.hour, night.ends.minute) == (20, 6, 30)


def test_a_field_with_other_values_than_ours_is_shown(tmp_path):
    found = errors(tmp_path, level="warning", add="product:\n  fields: {kind: type}\n")
    assert any("kind is 'consu', translate it with 'map': goods, service" in one for one in found)


@pytest.mark.parametrize(
    ("said", "key", "advice"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "url", "SSL_CERT_FILE"),
        ("CERTIFICATE_VERIFY_FAILED: Hostname mismatch, not valid for 'x'", "url", "another name"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "url", "write http://"),
        ("[SSL] record layer failure", "url", "write http://"),
        ("[Errno -2] Name or service not known", "url", "spelling"),
        ("[Errno 111] Connection refused", "url", "8069"),
        ("Remote end closed connection without response", "url", "https://"),
    ],
)
def test_an_erp_that_does_not_answer_comes_with_advice(said, key, advice):
    found = advised(ErpUnreachable(f"No answer from the ERP: {said}"), ERP)
    assert (found.level, found.key) == ("error", key)
    assert advice in found.text


def test_a_wrong_database_is_named_beside_those_that_there_are(monkeypatch):
    monkeypatch.setattr("connector.check.advice.urlopen", _Databases)
    broken = ErpUnreachable("The ERP does not reach its database (OperationalError).")
    found = advised(broken, ERP)
    assert found.key == "database"
    assert "'nord' is not its name; there is: shop, test." in found.text


class _Databases:
    def __init__(self, *_, **__):
        """Ask nobody."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing to close."""

    def read(self, *_):
        return b'{"result": ["shop", "test"]}'


# --- limits ------------------------------------------------------------------------------


def cost_s(text, folder):
    """Return the seconds of computing that it takes to load or refuse this file."""
    path = folder / "big.yaml"
    path.write_text(text)
    began = time.process_time()
    with suppress(ConfigInvalid):
        schema.load(str(path))
    return time.process_time() - began


def bomb():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for one in range(12):
        before, name = chr(97 + one), chr(98 + one)
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        f"{MAPPING}product: {{fields: {{kind: {{path: type, map:"
        f" {{{', '.join(f'k{one}: goods' for one in range(40_000))}}}}}}}}}\n",
        "".join(f"k{one}: 1\n" for one in range(40_000)),
        f"{MAPPING}customer:\n  fields:\n"
        + "".join(f"    k{one}: {{path: ref}}\n" for one in range(40_000)),
        "a: [" + "a," * 1_900_000 + "]",
        bomb(),
        "a: &a [*a]\n",
        "a: " + "[" * 50_000,
        "a: " + "{a: " * 5_000,
        "x" * 5_000_000,
        "- " * 100_000,
        "a:\n" * 100_000,
    ],
    ids=[
        "map",
        "keys",
        "rules",
        "list",
        "bomb",
        "itself",
        "deep",
        "deeper",
        "long",
        "dashes",
        "lines",
    ],
)
def test_no_file_takes_long(tmp_path, text):
    """40,000 keys took 252 s, anchors took all memory."""
    assert cost_s(text, tmp_path) < 4  # 1 s here; a machine that others use takes longer


MEASURED = r"""
import re, sys
from contextlib import suppress
from pathlib import Path
from connector.exceptions import ConfigInvalid
from connector.mapping import schema
with suppress(ConfigInvalid):
    schema.load(sys.argv[1])
print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.parametrize(
    "text",
    ["a: [" + "a," * 1_900_000 + "]", "a: [" + "a," * 290_000 + "]", bomb()],
    ids=["list", "short list", "bomb"],
)
def test_no_file_takes_much_memory(tmp_path, text):
    """A list of two million values took 600 MB before it was refused."""
    path = tmp_path / "big.yaml"
    path.write_text(text)
    argv = [sys.executable, "-c", MEASURED, str(path)]
    answer = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert int(answer.stdout) < 200_000  # kB


TOKENS = st.sampled_from(
    [
        "extends",
        "odoo-19",
        "version",
        "19",
        "invoice_line",
        "fields",
        "from",
        "where",
        "live",
        "map",
    ]
    + [": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", "&a ", "*a", "'", '"', "#", "|", ">"]
    + ["%", "@", "\t", "!!", "~", "null", "true", "1e9", "20:00", "é", "\x85", "\ufeff", "?", ","]
)


@settings(max_examples=100, deadline=2000, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.lists(TOKENS, max_size=40).map("".join), st.text(max_size=60)))
def test_whatever_is_written_is_loaded_or_refused_with_its_place(tmp_path, text):
    """A fuzzed mapping: never a traceback."""
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(ConfigInvalid):
        schema.load(str(path))


@settings(max_examples=50, deadline=2000, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_right_mapping_with_a_piece_exchanged(tmp_path, data):
    """The same, near what people write: a check of it says something or nothing, never breaks."""
    at = data.draw(st.integers(0, len(MAPPING) - 1))
    length = data.draw(st.integers(0, 12))
    text = MAPPING[:at] + data.draw(st.one_of(TOKENS, st.just(""))) + MAPPING[at + length :]
    path = tmp_path / "near.yaml"
    path.write_text(text)
    try:
        mapping = schema.load(str(path))
    except ConfigInvalid:
        return
    reading = ForeignSettings(ERP, str(path), None, ReadSettings(streams=STREAMS), "nord")
    check_source(reading, mapping, host=KeepingHost(), erp=receipts())


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.sampled_from(["x_bon_id.x_state", "write_date", "x_gross", "%d.%m.%Y", "Europe/Berlin", ""]),
    st.text(max_size=5),
)
VALUES = st.recursive(
    PLAIN,
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.dictionaries(
            st.one_of(PLAIN, st.sampled_from(["path", "first", "const", "map", "negate_when"])),
            below,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def places(value, path=()):
    """Return where values stand in a mapping, the file itself first."""
    found = [path]
    items = value if isinstance(value, dict | list) else ()
    for key, below in items.items() if isinstance(items, dict) else enumerate(items):
        found += places(below, (*path, key))
    return found


@settings(max_examples=100, deadline=2000, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_right_mapping_with_another_value(tmp_path, data):
    """Any value in any place: refused with a sentence, or checked."""
    content = yaml.safe_load(MAPPING)
    *way, last = data.draw(st.sampled_from(places(content)[1:]))
    at = content
    for key in way:
        at = at[key]
    at[last] = data.draw(VALUES)
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True))
    try:
        mapping = schema.load(str(path))
    except ConfigInvalid:
        return
    reading = ForeignSettings(ERP, str(path), None, ReadSettings(streams=STREAMS), "nord")
    check_source(reading, mapping, host=KeepingHost(), erp=receipts())


def test_a_real_server_without_tls_and_with_an_own_certificate(tmp_path):
    """What Python really says, so that the advice is found."""
    key, own = tmp_path / "key.pem", tmp_path / "own.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [*command, *subject, "-keyout", str(key), "-out", str(own)], check=True, capture_output=True
    )
    for with_tls, scheme, advice in (
        (False, "https", "write http://"),
        (True, "https", "SSL_CERT"),
    ):
        server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        if with_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(own, key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        where = ErpSettings(f"{scheme}://localhost:{server.server_port}", "x", "y", "z", "web", 5)
        try:
            with pytest.raises(ErpUnreachable) as caught:
                connect(where).version()
            assert advice in advised(caught.value, where).text
        finally:
            server.shutdown()
            server.server_close()
