"""Sending and getting files over HTTP: what is accepted, what is refused, and what attackers try."""

import asyncio
import io
import zipfile
import zlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from PIL import Image
from pypdf import PdfWriter

from domain.files import cleaned_name
from server.settings import Settings
from tests.attachments import get, opened, pdf_of, picture, post, upload
from tests.conftest import Running
from tests.people import Person

KEY = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }"
FILES = "{ files { totalCount edges { node { id name sizeBytes } } } }"
GPS = 0x8825
ORIENTATION = 0x0112


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Two megabytes for a person, one for a file."""
    return settings.model_copy(update={"parley_largest_file_mb": 1, "parley_files_per_person_mb": 2})


async def kept(person: Person) -> int:
    return int((await person.gql(FILES))["files"]["totalCount"])


async def test_a_file_comes_back_as_it_was_sent(ada: Person) -> None:
    data = b"name,grams\nflour,500\n" * 40_000  # several pieces
    sent = await upload(ada, "recipe.csv", data)

    got = await get(ada, sent["url"])
    head = await get(ada, sent["url"], "HEAD")
    again = await get(ada, sent["url"], **{"If-None-Match": got.headers["ETag"]})

    assert sent["name"] == "recipe.csv"
    assert (sent["mediaType"], sent["sizeBytes"], sent["characters"]) == ("text/csv", len(data), len(data))
    assert (got.status, got.data) == (200, data)
    assert (head.status, head.data, head.headers["Content-Length"]) == (200, b"", str(len(data)))
    assert (again.status, again.data) == (304, b"")


async def test_nothing_that_is_got_can_run_on_a_page(ada: Person) -> None:
    script = b"<!doctype html><script>alert(document.cookie)</script>"
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    for name, data in (("a.html", script), ("a.svg", drawing), ("a.png", script), ("a.js", b"alert(1)")):
        sent = await upload(ada, name, data)
        got = await get(ada, sent["url"])
        assert sent["mediaType"] == "text/plain"
        assert got.headers["Content-Type"].startswith("text/plain")
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert got.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "private" in got.headers["Cache-Control"]


async def test_a_picture_that_is_a_script_as_well_is_a_picture_alone(ada: Person) -> None:
    sent = await upload(ada, "both.html", picture("GIF") + b"/*<script>alert(1)</script>*/")

    got = await get(ada, sent["url"])

    assert (sent["name"], sent["mediaType"], sent["characters"]) == ("both.png", "image/png", None)
    assert got.headers["Content-Type"] == "image/png"
    assert b"script" not in got.data


async def test_a_picture_says_nothing_of_where_it_was_taken(ada: Person) -> None:
    notes = Image.Exif()
    notes[ORIENTATION] = 6  # turned by a quarter
    notes[GPS] = {1: "N", 2: (52.0, 31.0, 0.0)}
    notes[0x010E] = "taken at home"
    data = picture("JPEG", (40, 20), exif=notes, comment=b"a secret comment")

    got = await get(ada, (await upload(ada, "IMG_1.jpeg", data))["url"])

    made = opened(got.data)
    assert (made.format, made.size) == ("JPEG", (20, 40))
    assert dict(made.getexif()) == {}
    for said in (b"Exif", b"at home", b"secret"):
        assert said not in got.data


async def test_large_pictures_become_smaller_and_moving_ones_stand_still(ada: Person) -> None:
    frames = [Image.new("P", (30, 30), number) for number in range(3)]
    moving = io.BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    paper = await get(ada, (await upload(ada, "wide.png", picture("PNG", (4_000, 100))))["url"])
    still = await get(ada, (await upload(ada, "moving.gif", moving.getvalue()))["url"])
    photo = await get(ada, (await upload(ada, "photo.webp", picture("WEBP", (50, 50))))["url"])

    assert opened(paper.data).size == (2_048, 51)
    assert (opened(still.data).format, getattr(opened(still.data), "n_frames", 1)) == ("PNG", 1)
    assert (opened(photo.data).format, photo.headers["Content-Type"]) == ("WEBP", "image/webp")


async def test_transparent_pictures_stay_so(ada: Person) -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(clear, "PNG")

    got = await get(ada, (await upload(ada, "clear.png", clear.getvalue()))["url"])

    assert opened(got.data).getpixel((0, 0)) == (255, 0, 0, 0)


def packed(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "0" * 10_000)
    return data.getvalue()


def vast_picture() -> bytes:
    """A few hundred bytes that say they are a picture of 60,000 by 60,000 pixels."""
    header = b"IHDR" + (60_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0"
    whole = header + zlib.crc32(header).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + whole + b"\0\0\0\0IDAT" + zlib.crc32(b"IDAT").to_bytes(4)


def locked_pdf() -> bytes:
    writer, data = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(data)
    return data.getvalue()


REFUSED: list[tuple[str, bytes, str]] = [
    ("empty.txt", b"", "is empty"),
    ("bomb.zip", packed("a.txt", "b.txt"), "is MS Office Open XML Format Document, which is not accepted"),
    ("report.docx", packed("[Content_Types].xml", "word/document.xml"), "which is not accepted. These are: PNG"),
    ("harmless.txt", b"MZ" + b"\0" * 200, "which is not accepted"),
    ("noise.txt", bytes(range(1, 256)) * 20, "is of an unknown kind, which is not accepted"),
    ("vast.png", vast_picture(), "has more than 50 million pixels"),
    ("broken.png", picture()[:40], "is a picture that cannot be read"),
    ("broken.pdf", b"%PDF-1.7\nnothing of it", "The PDF cannot be read"),
    ("locked.pdf", locked_pdf(), "The PDF cannot be read"),
]


async def test_what_is_refused_says_why_and_leaves_nothing(ada: Person) -> None:
    for name, data, reason in REFUSED:
        answer = await post(ada, name, data)

        assert (answer.status, answer.code) == (400, "BAD_USER_INPUT"), (name, answer)
        assert reason in answer.body["errors"][0]["extensions"]["fields"]["file"], (name, answer)
    assert await kept(ada) == 0


async def test_a_pdf_that_swells_swells_in_nobodys_way(ada: Person) -> None:
    """A page of a few hundred bytes that unpacks to more than may be."""
    stream = zlib.compress(zlib.compress(bytes(300_000_000), 1), 9)
    head = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>" % len(stream)
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj" + head + b"stream\n" + stream + b"\nendstream endobj\n"
    )
    body += b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % len(body)

    answer = await post(ada, "swells.pdf", body)

    assert len(body) < 50_000
    assert answer.status == 400 or answer.body["characters"] < 20, answer
    assert (await ada.gql("{ viewer { name } }"))["viewer"]["name"] == "Ada"  # the server is as it was


async def piecewise(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_what_is_too_large_is_refused_whatever_it_says_of_itself(ada: Person) -> None:
    said = await post(ada, "large.txt", b"x" * 1_000_001)
    unsaid = await post(ada, "large.txt", piecewise(*[b"x" * 100_000] * 11))
    fits = await post(ada, "fits.txt", piecewise(*[b"x" * 100_000] * 10))

    for answer in (said, unsaid):
        assert (answer.status, answer.code, answer.message) == (413, "BAD_USER_INPUT", "file: is larger than 1 MB")
    assert fits.status == 201
    assert await kept(ada) == 1


async def test_all_files_of_a_person_have_a_limit_also_when_they_come_at_once(ada: Person, bob: Person) -> None:
    answers = await asyncio.gather(*(post(ada, f"{number}.txt", b"x" * 900_000) for number in range(4)))

    assert sorted(answer.status for answer in answers) == [201, 201, 409, 409]
    assert await kept(ada) == 2
    assert {answer.code for answer in answers if answer.status == 409} == {"CONFLICT"}
    assert (await post(bob, "his.txt", b"x" * 900_000)).status == 201
    [one, _] = (await ada.gql(FILES))["files"]["edges"]
    await ada.gql("mutation ($id: ID!) { deleteFile(id: $id) { id } }", id=one["node"]["id"])
    assert (await post(ada, "again.txt", b"x" * 900_000)).status == 201


NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "/root/.ssh/id": "id",
    "a\r\nSet-Cookie: x=1.txt": "aSet-Cookie_ x=1.txt",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "nul\0byte.txt": "nulbyte.txt",
    "...": "file",
    "  .hidden ": "hidden",
    "Übersicht für Zoë 日本.txt": "Übersicht für Zoë 日本.txt",
    'a"b<c>|d?.txt': "a_b_c__d_.txt",
    "x" * 300 + ".txt": "x" * 116 + ".txt",
    "half \ud800 pair.txt": "half _ pair.txt",
}


@pytest.mark.parametrize("given", NAMES)
def test_names_are_cleaned(given: str) -> None:
    assert cleaned_name(given) == NAMES[given]


async def test_a_name_stays_inside_its_header(ada: Person) -> None:
    sent = await upload(ada, 'ü";\r\nX-Evil: 1.txt', b"words")

    got = await get(ada, sent["url"])

    assert "X-Evil" not in got.headers
    assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%BC_%3BX-Evil_%201.txt"
    for wrong in ("", "x" * 1_001):
        assert (await post(ada, wrong, b"words")).code == "BAD_USER_INPUT"


async def test_only_its_own_person_gets_a_file(ada: Person, bob: Person, server: Running) -> None:
    sent = await upload(ada, "diary.txt", b"private")

    async with aiohttp.ClientSession() as http:
        stranger = Person(http, server.url, "")
        assert (await get(stranger, sent["url"])).status == 401
        assert (await post(stranger, "a.txt", b"words")).code == "UNAUTHENTICATED"
    assert (await get(bob, sent["url"])).status == 404
    for wrong in ("file_0", f"chat_{'0' * 32}", f"file_{'0' * 32}"):
        assert (await get(ada, f"/files/{wrong}")).status == 404
    assert (await get(ada, "/files/..%2f..%2f..%2fetc%2fpasswd")).status in {404, 503}  # whatever has no other address


async def test_pages_of_other_sites_can_neither_send_nor_show_files(ada: Person) -> None:
    sent = await upload(ada, "diary.txt", b"private")
    foreign = {"Origin": "https://evil.example", "X-Requested-With": "x"}
    simple = {"Content-Type": "text/plain"}  # what a form of any site can send

    assert (await post(ada, "a.txt", b"x", **foreign)).code == "FORBIDDEN"
    assert (await post(ada, "a.txt", b"x", **simple)).code == "FORBIDDEN"
    assert (await get(ada, sent["url"], **{"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await get(ada, sent["url"], **{"Sec-Fetch-Site": "same-origin"})).status == 200
    assert await kept(ada) == 1


async def test_a_program_needs_the_scope(ada: Person) -> None:
    sent = await upload(ada, "notes.txt", b"words")
    async with aiohttp.ClientSession() as http:
        program = Person(http, ada.url, "")

        async def key(*scopes: str) -> str:
            made = await ada.gql(KEY, input={"name": "program", "scopes": list(scopes)})
            return f"Bearer {made['createApiKey']['secret']}"

        reads, writes = await key("read"), await key("write")
        assert (await post(program, "a.txt", b"words", Authorization=reads)).code == "FORBIDDEN"
        assert (await post(program, "a.txt", b"words", Authorization=writes)).status == 201
        assert (await get(program, sent["url"], Authorization=reads)).data == b"words"
        assert (await get(program, sent["url"], Authorization=writes)).status == 403


async def test_texts_in_other_encodings_and_pdfs_are_read_once(ada: Person) -> None:
    wide = await upload(ada, "wide.txt", "Grüße".encode("utf-16"))
    old = await upload(ada, "old.txt", "Grüße".encode("cp1252"))
    pages = await upload(ada, "pages", pdf_of("Bread", "Butter"))

    assert (wide["characters"], old["characters"]) == (5, 5)
    assert (pages["name"], pages["mediaType"]) == ("pages.pdf", "application/pdf")
    assert pages["characters"] == len("[page 1]\nBread\n\n[page 2]\nButter")


async def test_a_sender_who_leaves_leaves_nothing(ada: Person) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half of "
        raise ConnectionError

    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await post(ada, "half.txt", broken())

    assert await kept(ada) == 0
