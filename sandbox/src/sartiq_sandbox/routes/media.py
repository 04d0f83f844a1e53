"""The images themselves, open to whoever knows their address."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Response

from sartiq_sandbox.state import Here
from sartiq_sandbox.tables import Media

__all__ = ["ROUTER"]

NAME = re.compile(r"[0-9a-f-]{36}\.(?:jpg|png|webp)")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=31536000, immutable",
}
ROUTER = APIRouter()


@ROUTER.get("/media/{name}", include_in_schema=False)
async def read_media(sandbox: Here, name: str) -> Response:
    """Send the bytes of an image."""
    if NAME.fullmatch(name) is None:
        raise HTTPException(404, "Media not found")
    with sandbox.database.reading() as session:
        media = session.get(Media, name)
    if media is None:
        raise HTTPException(404, "Media not found")
    return Response(media.content, media_type=media.media_type, headers=HEADERS)
