"""Pictures: reading uploaded ones, painting generated ones."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image

__all__ = ["HEIGHT", "WIDTH", "InvalidImageError", "Picture", "paint", "read_picture"]

WIDTH, HEIGHT = 96, 128  # pixels of a generated picture
MOST_PIXELS = 50_000_000  # a small file may unfold into any size
MEDIA_TYPES = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
}


class InvalidImageError(Exception):
    """The bytes are no image that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The bytes of an image with the type they really have."""

    extension: str
    media_type: str
    content: bytes


def read_picture(content: bytes) -> Picture:
    """Return a JPEG, PNG or WebP image after decoding it whole; raise ``InvalidImageError``."""
    try:
        with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            kind = _decoded(image)
    except Exception as error:  # Pillow raises whatever its decoders meet
        raise InvalidImageError from error
    extension, media_type = MEDIA_TYPES[kind]
    return Picture(extension=extension, media_type=media_type, content=content)


def _decoded(image: Image.Image) -> str:
    """Decode an opened image, unless it is too large, and return the name of its format."""
    if image.width * image.height > MOST_PIXELS:
        raise InvalidImageError
    image.load()
    return image.format or ""


def paint(seed: int) -> Picture:
    """Return a small PNG that the seed alone decides."""
    chance = Random(seed)  # noqa: S311
    top, bottom, figure = (tuple(chance.randrange(256) for _ in range(3)) for _ in range(3))
    shade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    image = Image.composite(
        Image.new("RGB", (WIDTH, HEIGHT), bottom), Image.new("RGB", (WIDTH, HEIGHT), top), shade
    )
    left = chance.randrange(16, 33)
    image.paste(figure, (left, 24, WIDTH - left, HEIGHT - 8))
    output = BytesIO()
    image.save(output, format="PNG")
    return Picture(extension="png", media_type="image/png", content=output.getvalue())
