from base64 import b64encode, urlsafe_b64encode

import pytest

from hw1.core.errors import Hw1Error
from hw1.tracking.credentials import public_address, without_secrets
from hw1.tracking.store import TrackerError, tracking_client

pytestmark = pytest.mark.fault("credentials")

ADDRESS = "http://me:se%2Fcr%40t@127.0.0.1:5000/at"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "other")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "p>>?w s/")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t0k-en")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (ADDRESS, "http://127.0.0.1:5000/at"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("postgresql://me@host/db?password=secret", "postgresql://host/db"),
        ("https://host/at?token=secret#secret", "https://host/at"),
        ("file:///home/a@b/runs", "file:///home/a@b/runs"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(address, shown):
    assert public_address(address) == shown


def test_no_form_of_a_secret_is_in_what_a_store_says(record_property):
    secrets = ("se/cr@t", "se%2Fcr%40t", "p>>?w s/", "t0k-en")
    pairs = ("me:se/cr@t", "other:p>>?w s/")
    forms = [
        *secrets,
        *pairs,
        *("p%3E%3E%3Fw%20s%2F", "me%3Ase%2Fcr%40t"),
        *(b64encode(text.encode()).decode() for text in (*secrets, *pairs)),
        *(urlsafe_b64encode(text.encode()).decode() for text in (*secrets, *pairs)),
    ]
    for form in forms:
        told = without_secrets(f"refused: {form}.", ADDRESS)
        assert told in ("refused: ***.", "refused: ***=.", "refused: ***==."), form
    record_property("cases", len(forms))


def test_a_header_is_hidden_whatever_it_holds():
    """Credentials may also come from a file that MLflow alone reads."""
    said = "you sent Authorization: Basic bm9ib2R5Om5vdGhpbmc=, not bearer a.b-c_d.e"
    assert without_secrets(said, ADDRESS) == "you sent Authorization: Basic ***, not bearer ***"


@pytest.mark.parametrize("sent", ["Authorization: Basic abc", "'authorization': 'Bearer abcdef"])
def test_behind_its_name_a_header_is_hidden_however_short(sent):
    said = sent.replace("'Bearer", "Bearer")
    assert without_secrets(said, ADDRESS) == f"{said.rpartition(' ')[0]} ***"


@pytest.mark.parametrize(
    "said", ["Basic authentication required", "use basic authentication. Or a Bearer token"]
)
def test_what_is_only_about_credentials_stays(said):
    assert without_secrets(said, ADDRESS) == said


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_token_in_the_place_of_a_name_is_hidden(scheme):
    token = "dapi0%2B12345"
    for form in (token, "dapi0+12345", b64encode(b"dapi0+12345:").decode().rstrip("=")):
        told = without_secrets(f"no host {form}, sorry", f"{scheme}://{token}@host")
        assert told == "no host ***, sorry"


def test_what_a_server_says_cannot_steer_the_terminal():
    assert without_secrets("a\x1b[2Jb\r", ADDRESS) == "a\\x1b[2Jb\\r"


@pytest.mark.parametrize("uri", [ADDRESS, "http://me@127.0.0.1:1", "sqlite:////a@b/mlflow.db"])
def test_a_message_without_secrets_stays_as_it_is(uri):
    assert without_secrets("No such file: 'me'", uri) == "No such file: 'me'"


@pytest.mark.parametrize(
    "address",
    [
        "http://me:se/cret@127.0.0.1:9",
        "http://me:123/cret@127.0.0.1:9",
        "http://me:se?cret@127.0.0.1:9",
        "http://me:1#cret@127.0.0.1:9",
        "http://me:cret]@[127.0.0.1:9",
        "http://me:cret@127.0.0.1:port",
    ],
)
def test_a_password_that_breaks_its_address_is_not_told(monkeypatch, address):
    with pytest.raises(Hw1Error) as shown:
        public_address(address)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    with pytest.raises(TrackerError, match="percent-encode") as raised, tracking_client():
        pass
    for told in (str(shown.value), str(raised.value)):
        assert "cret" not in told.replace("percent-encode", "")
        assert "123" not in told
