"""A process that has imported accord and becomes ``python -m accord`` again and again, by forking.

Each line on its standard input is an order: the arguments, the folder, the environment and the files
that take what is printed. The answer is the exit status, negative for a signal. Importing takes most
of the time of a short command, so it is done once; everything else is as in a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys

import accord.contract.contract
import accord.report.display
import accord.report.files
import accord.report.terminal
import accord.run.verify


def child(order: dict[str, object]) -> None:
    """Become the command, which the kernel ends when it takes longer than it may."""
    signal.alarm(int(order["seconds"]))
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[0] = os.getcwd()
    sys.argv = ["accord", *order["arguments"]]


def serve() -> None:
    """Obey orders until there are no more; in a child this returns."""
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            child(order)
            return
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)


serve()
import runpy  # noqa: E402 - only the child comes here

runpy.run_module("accord", run_name="__main__", alter_sys=False)
