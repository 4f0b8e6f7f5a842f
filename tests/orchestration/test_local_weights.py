"""Fetching a large file over a bad network, and reading what model files say about themselves."""

import hashlib
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orchestration.inference.local.fetching import Artifact, Unreachable, WrongHash, download
from orchestration.inference.local.files import scan
from orchestration.inference.local.progress import Progress
from orchestration.inference.local.weights import (
    FILE,
    FILE_SIZE,
    WeightsError,
    ensure_a_model,
    ensure_weights,
)

CONTENT = bytes(range(256)) * 4_096


class Shelf(ThreadingHTTPServer):
    """A server of one file that may cut its answers short, or say no."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str | None] = []
        self.cut_first_at: int | None = None
        self.status: int | None = None
        self.resumes = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/file"


class Answer(BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        shelf = self.server
        wanted = self.headers["Range"]
        shelf.asked.append(wanted)
        if shelf.status is not None:
            self.send_error(shelf.status)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and shelf.resumes else 0
        rest = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        end = shelf.cut_first_at if len(shelf.asked) == 1 else None
        self.wfile.write(rest[:end])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    server = Shelf()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def artifact(shelf: Shelf) -> Artifact:
    return Artifact(shelf.url, len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def progress() -> Progress:
    return Progress("Fetching", len(CONTENT))


def test_a_download_goes_on_where_it_was_cut(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cut_first_at = 600_000
    download(artifact(shelf), tmp_path / "file", progress())
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert shelf.asked == [None, "bytes=600000-"]


def test_a_later_attempt_uses_what_an_earlier_one_left(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CONTENT[:1_000])
    download(artifact(shelf), tmp_path / "file", progress())
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert shelf.asked == ["bytes=1000-"]


def test_a_server_that_cannot_resume_gives_all_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.resumes = False
    (tmp_path / "file").write_bytes(CONTENT[:1_000])
    download(artifact(shelf), tmp_path / "file", progress())
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_wrong_content_is_thrown_away(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(WrongHash):
        download(artifact(shelf)._replace(sha256="0" * 64), tmp_path / "file", progress())
    assert not (tmp_path / "file").exists()


def test_a_file_that_is_not_there_is_not_asked_for_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.status = 404
    with pytest.raises(Unreachable, match="404"):
        download(artifact(shelf), tmp_path / "file", progress())
    assert len(shelf.asked) == 1


def test_weights_that_are_there_need_no_network(tmp_path: Path) -> None:
    with (tmp_path / FILE).open("wb") as file:
        file.truncate(FILE_SIZE)
    assert ensure_weights(tmp_path) == tmp_path / FILE


def test_who_has_a_model_needs_no_small_one(tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(b"a model")
    ensure_a_model(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["own.gguf"]


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsError) as caught:
        ensure_weights(tmp_path / "file" / "models")
    assert "PARLEY_MODELS" in caught.value.remedy


def text(words: str) -> bytes:
    encoded = words.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def pair(key: str, value: str | int | list[str]) -> bytes:
    if isinstance(value, str):
        return text(key) + struct.pack("<I", 8) + text(value)
    if isinstance(value, int):
        return text(key) + struct.pack("<II", 4, value)
    return text(key) + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))


def gguf(*pairs: bytes) -> bytes:
    tensor = text("weights") + struct.pack("<IQQIQ", 2, 1_000_000, 500, 0, 0)
    return b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs) + tensor


def test_a_model_file_says_what_it_is(tmp_path: Path) -> None:
    header = gguf(
        pair("general.architecture", "qwen2"),
        pair("tokenizer.ggml.tokens", ["a", "bc", ""]),
        pair("qwen2.context_length", 32_768),
        pair("tokenizer.chat_template", "{% if tools %}…{% endif %}"),
    )
    (tmp_path / "Small-0.5B-Instruct-Q4_K_M.gguf").write_bytes(header)
    (found,), bad = scan(tmp_path)
    assert not bad
    assert found.name == "Small-0.5B-Instruct-Q4_K_M"
    assert found.title == "Small 0.5B Instruct"
    assert (found.architecture, found.context_length, found.parameters) == ("qwen2", 32_768, 0.5)
    assert found.chat
    assert found.tools
    assert found.bytes == len(header)


def test_files_that_are_no_chat_models_are_left_out_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("not a model")
    (tmp_path / "cut.gguf").write_bytes(gguf(pair("general.architecture", "llama"))[:40])
    (tmp_path / "huge.gguf").write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + b"\xff" * 64)
    (tmp_path / "vectors.gguf").write_bytes(gguf(pair("general.architecture", "bert")))
    (tmp_path / "dangling.gguf").symlink_to(tmp_path / "gone")
    good, bad = scan(tmp_path)
    assert not good
    assert {one.file for one in bad} == {path.name for path in tmp_path.glob("*.gguf")}
    assert all(one.reason for one in bad)


def test_a_model_in_several_files_is_one_model(tmp_path: Path) -> None:
    header = gguf(pair("general.architecture", "llama"), pair("tokenizer.chat_template", "x"))
    for number in (1, 2):
        (tmp_path / f"Big-Q8_0-0000{number}-of-00002.gguf").write_bytes(header)
    (found,), bad = scan(tmp_path)
    assert not bad
    assert found.file == "Big-Q8_0-00001-of-00002.gguf"
    assert found.title == "Big"
    assert found.bytes == 2 * len(header)
