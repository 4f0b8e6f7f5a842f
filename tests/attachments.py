"""What tests about files share: files of many kinds, and sending them as a browser does."""

import io
import random
from typing import Any, NamedTuple

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from yarl import URL

from tests.people import Person

BROWSER = {"X-Requested-With": "test"}


class Answer(NamedTuple):
    """`code` and `message` of a refusal are empty when there was none."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.body["errors"][0]["extensions"]["code"]) if "errors" in self.body else ""

    @property
    def message(self) -> str:
        return str(self.body["errors"][0]["message"]) if "errors" in self.body else ""


async def post(person: Person, name: str, data: Any, **headers: str) -> Answer:
    """Send a file; `headers` take the place of what a browser's page sends."""
    sent = headers or BROWSER
    async with person.http.post(f"{person.url}/files", params={"name": name}, data=data, headers=sent) as response:
        return Answer(response.status, await response.json())


async def upload(person: Person, name: str, data: bytes) -> dict[str, Any]:
    answer = await post(person, name, data)
    assert answer.status == 201, answer
    return answer.body


class Got(NamedTuple):
    status: int
    headers: Any
    data: bytes


async def get(person: Person, url: str, method: str = "GET", **headers: str) -> Got:
    async with person.http.request(method, URL(f"{person.url}{url}", encoded=True), headers=headers) as response:
        return Got(response.status, response.headers, await response.read())


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), colour: str = "red", **how: Any) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, kind, **how)
    return data.getvalue()


def noise() -> bytes:
    """A picture that no format makes small."""
    data = io.BytesIO()
    Image.frombytes("RGB", (100, 100), random.Random(1).randbytes(30_000)).save(data, "PNG")
    return data.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def pdf_of(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    writer = PdfWriter()
    for words in pages:
        page = writer.add_blank_page(200, 200)
        font = DictionaryObject(
            {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
             NameObject("/BaseFont"): NameObject("/Helvetica")}
        )  # fmt: skip
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode())
        page[NameObject("/Contents")] = content
    writer.add_metadata({"/Title": "Two pages"})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
