"""A program that makes text of a web page or a PDF: it reads the document and prints JSON with `title` and `text`.

It runs in a process of its own (`documents.py`), because parsers of what strangers wrote may crash, loop or swell.
`document_reader.py html ADDRESS` takes HTML in UTF-8, `document_reader.py pdf` a PDF.
"""

import io
import json
import sys

MOST_PAGES = 300
CHROME = ["nav", "header nav", "aside", "footer", "script", "style", "noscript", "svg", "iframe", "dialog"]
"""What frames a page and is not what it says."""


def html(document: str, address: str) -> dict[str, str]:
    from html_to_markdown import ConversionOptions, PreprocessingOptions, convert  # noqa: PLC0415 - only what is needed

    options = ConversionOptions(
        preprocessing=PreprocessingOptions(preset="aggressive"), exclude_selectors=CHROME, base_url=address,
        skip_images=True, autolinks=False, extract_metadata=True, compact_tables=True,
    )  # fmt: skip
    read = convert(document, options)
    text = (read.content or "").strip()
    if text.startswith("---\n"):  # the metadata again, as YAML
        text = text.partition("\n---")[2].strip()
    return {"title": (read.metadata.document.title or "").strip(), "text": text}


def pdf(document: bytes) -> dict[str, str]:
    from pypdf import PdfReader  # noqa: PLC0415 - only what is needed

    read = PdfReader(io.BytesIO(document))
    pages = [
        f"[page {number}]\n{read.pages[number - 1].extract_text().strip()}" for number in _numbers(len(read.pages))
    ]
    if len(read.pages) > MOST_PAGES:
        pages.append(f"[{len(read.pages) - MOST_PAGES} more pages are not shown]")
    title = read.metadata.title if read.metadata else None
    return {"title": str(title or "").strip(), "text": "\n\n".join(pages)}


def _numbers(pages: int) -> range:
    return range(1, min(pages, MOST_PAGES) + 1)


if __name__ == "__main__":
    given = sys.stdin.buffer.read()
    found = html(given.decode(), sys.argv[2]) if sys.argv[1] == "html" else pdf(given)
    sys.stdout.write(json.dumps(found))
