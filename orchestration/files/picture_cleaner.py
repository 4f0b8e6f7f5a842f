"""A program that makes a picture safe to keep: it reads one, and writes a line of JSON and the picture made anew.

It runs in a process of its own (`inspecting.py`), because decoders of what strangers made may crash, loop or swell.
What is not picture is left behind: where and when it was taken, thumbnails, comments, whatever follows its end.
"""

import io
import json
import sys

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2_048
"""Pixels. Models that see make larger pictures smaller themselves."""
LARGEST_PNG = 4_000_000
"""Bytes; a photo that somebody has saved as PNG becomes a JPEG."""
QUALITY = 90
TOO_MANY_PIXELS = 3
"""The status with which the program ends then."""


def cleaned(given: bytes) -> tuple[str, bytes]:
    """Media type and contents. Turned as its EXIF says; of a picture that moves, the first frame."""
    Image.MAX_IMAGE_PIXELS = None  # the library only warns, and later
    image: Image.Image = Image.open(io.BytesIO(given), formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        sys.exit(TOO_MANY_PIXELS)
    made_as = "PNG" if image.format == "GIF" else str(image.format)
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
    image = image.convert("RGBA" if made_as != "JPEG" and image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    data = _written(image, made_as, profile)
    if made_as == "PNG" and len(data) > LARGEST_PNG:
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image if image.mode == "RGBA" else None)
        made_as, data = "JPEG", _written(paper, "JPEG", profile)
    return f"image/{made_as.lower()}", data


def _written(image: Image.Image, made_as: str, profile: bytes | None) -> bytes:
    data = io.BytesIO()
    bare = Image.new(image.mode, image.size)  # it has none of the notes that the formats would write again
    bare.paste(image)
    bare.save(data, made_as, icc_profile=profile, quality=QUALITY, optimize=made_as == "JPEG")
    return data.getvalue()


if __name__ == "__main__":
    media_type, made = cleaned(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps({"media_type": media_type}).encode() + b"\n" + made)
