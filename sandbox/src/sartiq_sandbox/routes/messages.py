"""The WebSocket messages, published as an operation so that generators of clients find them."""

from __future__ import annotations

from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.rendering import Document
from sartiq_sandbox.schemas.messages import WebSocketMessage

__all__ = ["ROUTER"]

ROUTER = strict_router("websocket")


@ROUTER.get("/schema", response_model=WebSocketMessage)
async def get_websocket_message() -> Document:
    """Get WebSocket schema for client codegen; public."""
    return {
        "data": {
            "type": "auth_success",
            "context": "organization",
            "user_id": "05e70000-0000-4000-8000-000000000001",
            "organization_id": "06900000-0000-4000-8000-000000000001",
        }
    }
