"""A process that has imported accord and lets children of it become ``accord``, so that each begins at once.

Each line on its standard input is an order: ``{"start": [...], "folder": ..., "out": ...}`` is answered with the id
of a new process that runs accord with these arguments and prints to that pipe; ``{"wait": id}`` with its exit status.
"""

from __future__ import annotations

import gc
import json
import os
import sys

import accord.cli
import accord.exchange.webhook
import accord.report.changes.terminal
import accord.run.drift.watch

gc.collect()
gc.freeze()
for line in iter(sys.stdin.readline, ""):
    order = json.loads(line)
    if "wait" in order:
        _, status = os.waitpid(order["wait"], 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
        continue
    child = os.fork()
    if child == 0:
        os.chdir(order["folder"])
        os.dup2(os.open(order["out"], os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_RDWR), 2)
        sys.stdin.close()
        sys.argv = ["accord", *order["start"]]
        try:
            accord.cli.main()
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code if isinstance(end.code, int) else 1)
        os._exit(0)
    print(child, flush=True)
