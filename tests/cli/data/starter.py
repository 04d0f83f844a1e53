"""A process that has imported accord and becomes ``python -m accord`` or ``pytest`` again and again, by forking.

Each line on its standard input is an order: the module, its arguments, the folder, the environment
and the files that take what is printed. The answer is the exit status, negative for a signal.
Importing takes most of the time of a short command, so it is done once; everything else is as in a
process of its own.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import accord.cli
import accord.contract.contract
import accord.exchange.webhook
import accord.report.changes.terminal
import accord.report.display
import accord.report.files
import accord.report.terminal
import accord.run.drift.watch
import accord.run.verify


def become(order: dict[str, Any]) -> None:
    """Take the place of the command; the kernel ends it when it takes longer than it may."""
    signal.alarm(order["seconds"])
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[0] = str(Path.cwd())
    sys.argv = [order["module"], *order["arguments"]]


def next_order() -> dict[str, Any]:
    """Start a child for each order; returns in the child, and ends when there are no more orders."""
    for line in iter(sys.stdin.readline, ""):
        process = os.fork()
        if process == 0:
            return json.loads(line)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)


# What pytest and a first contract need, the children have; frozen, none of it is collected again.
for entry in entry_points(group="pytest11"):
    if entry.name != "hypothesispytest":  # which takes it for a mistake
        entry.load()
accord.contract.contract.load(Path(__file__).parent / "things")
gc.collect()
gc.freeze()
here = next_order()
become(here)
runpy.run_module(here["module"], run_name="__main__", alter_sys=False)
