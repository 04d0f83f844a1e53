"""The parameters that several operations take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from sartiq_sandbox.schemas.scalars import DecimalCheck

__all__ = ["Window"]

PageNumber = Annotated[int, Query(ge=1, le=1_000_000), DecimalCheck]
PageSize = Annotated[int, Query(ge=1, le=100), DecimalCheck]


@dataclass(frozen=True, slots=True)
class PageWindow:
    """Which part of a list is asked for."""

    page: int
    size: int

    def document(self, items: list[dict[str, object]], total: int) -> dict[str, object]:
        """Return the page that holds these items out of so many."""
        return {"items": items, "total": total, "page": self.page, "size": self.size}


async def page_window(page: PageNumber = 1, size: PageSize = 20) -> PageWindow:
    """Return the window that a query describes."""
    return PageWindow(page, size)


Window = Annotated[PageWindow, Depends(page_window)]
