"""Credentials that must be nowhere, and a server and a client that tell what they are given."""

import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

from file_contents import all_contents, files_below


def made(*words: str) -> str:
    """A secret; it must not stand in this file, which projects in temporary folders hold too."""
    return "".join(reversed(words))


SECRETS = {
    "KAGGLE_USERNAME": made("-7Qz", "kaggle-user"),
    "KAGGLE_KEY": made("+4Xw=9", "kaggle/key"),
    "KAGGLE_API_TOKEN": made("-8Rv~2", "KGAT_token"),
    "MLFLOW_TRACKING_USERNAME": made("-3Kd", "mlflow-user"),
    "MLFLOW_TRACKING_PASSWORD": made("+5Lm=", "mlflow/pass"),
    "MLFLOW_TRACKING_TOKEN": made("-6Jn~", "mlflow-token"),
}
URI_USER, URI_PASSWORD = made("-2Hs", "uri-user"), made("+9Ty=", "uri/pass")
CLIENT = f"""#!{sys.executable}
import os, pathlib, sys
told = " ".join(f"{{name}}={{value}}" for name, value in os.environ.items() if "KAGGLE" in name)
print("401 Unauthorized for", told)
print(told, file=sys.stderr)
where = pathlib.Path(sys.argv[sys.argv.index("-p") + 1])
(where / "debug.log").write_text(told)
sys.exit(1)
"""


def needles() -> dict[bytes, str]:
    """How a secret may look in a file, and which one it is."""
    own = SECRETS | {"user in the URI": URI_USER, "password in the URI": URI_PASSWORD}
    pairs = [("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")]
    pairs.append(("user in the URI", "password in the URI"))
    texts = own | {" with ".join(pair): ":".join(own[name] for name in pair) for pair in pairs}
    forms: dict[bytes, str] = {}
    for name, text in texts.items():
        content = text.encode()
        for form in (content, quote(text, safe="").encode(), quote(text).encode()):
            forms[form] = name
        for encode in (b64encode, urlsafe_b64encode):
            for shift in range(3):  # what stands before it moves it
                forms[encode(b"\0" * shift + content)[4 if shift else 0 : -4]] = f"{name}, base64"
    return forms


def find_secrets(content: bytes, place: str) -> Iterator[str]:
    """Where in a file or output a secret stands, and in which form."""
    forms = needles()
    for inner, part in all_contents(content, place):
        for form, name in forms.items():
            if form in part:
                yield f"{inner}: {name}"


def find_secrets_below(folder: Path) -> Iterator[str]:
    """Likewise in all files of a folder, and in their names."""
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        yield from find_secrets(path.read_bytes(), name)
        yield from find_secrets(name.encode(), f"the name {name}")


def with_credentials(address: str) -> str:
    """A server's address with user and password."""
    return address.replace("://", f"://{URI_USER}:{quote(URI_PASSWORD, safe='')}@")


def install_client(folder: Path) -> None:
    """A stand-in for Kaggle's client that fails and tells all that it knows."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kaggle").write_text(CLIENT)
    (folder / "kaggle").chmod(0o755)


@contextmanager
def telling_server(status: int) -> Iterator[str]:
    """A server on loopback that refuses everything, and quotes what it was asked and with what."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, _, word = self.headers.get("Authorization", "").partition(" ")
            said = f"{word} is {b64decode(word)!r}; {self.path} {self.headers!s}"
            said = " ".join(said.split())
            content = said.encode()
            self.send_response(status, said[:400])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
