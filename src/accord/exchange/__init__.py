"""Stage 3, exchange: what was said; sent over HTTP or WebSocket, in process or over a socket, and recorded."""
