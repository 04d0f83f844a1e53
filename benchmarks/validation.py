"""Messages validated a second, beside a bare ``orjson`` parse of the same bytes as the floor."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import orjson

from accord.config import read_settings
from accord.contract.contract import load
from accord.exchange.recording import read
from accord.exchange.values import Received, Session
from accord.findings.transcript import choose
from accord.run.opening import opened
from accord.run.options import Options

ROOT = Path(__file__).parents[1]
ROUNDS = 7
MESSAGES = 2_000


def main() -> None:
    """Print the median of several interleaved rounds, and the ratio."""
    contract = load(ROOT / "contracts/sartiq")
    channel = contract.channels[0]
    variants = channel.sent_by_server()
    texts = [json.dumps(example).encode() for example in messages()]

    def parse() -> None:
        for text in texts:
            orjson.loads(text)

    def validate() -> None:
        for text in texts:
            message, valid = choose(contract.library, variants, orjson.loads(text))
            if message is None or not valid:
                raise SystemExit("the sandbox sends what the contract does not know")

    validate()
    floors, validated = [], []
    for _ in range(ROUNDS):
        floors.append(_seconds(parse))
        validated.append(_seconds(validate))
    floor, cost = median(floors), median(validated)
    size = sum(map(len, texts)) // len(texts)
    print(f"{len(texts)} messages of {size} bytes on average, parse included")
    print(f"orjson parse   {len(texts) / floor:9.0f} messages/s")
    print(f"accord         {len(texts) / cost:9.0f} messages/s  {cost / floor:.1f} x the floor")


def messages() -> list[object]:
    """Return events as the sandbox sends them, recorded by one run of the contract's workflow."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.ndjson"
        settings = read_settings(ROOT)
        with opened(settings.target, settings, Options(only="websocket", record=path)) as verification:
            verification.run(lambda _: None)
        found = [
            json.loads(event.data)
            for said in read(path)
            if isinstance(said, Session)
            for event in said.events
            if isinstance(event, Received)
        ]
    events = [item for item in found if "payload" in item]
    return (events * (MESSAGES // len(events) + 1))[:MESSAGES]


def _seconds(run: Callable[[], None]) -> float:
    since = time.process_time()
    run()
    return time.process_time() - since


if __name__ == "__main__":
    main()
