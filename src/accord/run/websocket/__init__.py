"""The WebSocket stage: sessions played, listened to, broken off and taken up again."""
