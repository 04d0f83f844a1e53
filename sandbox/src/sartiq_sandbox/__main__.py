"""The command line, as ``python -m sartiq_sandbox``."""

from sartiq_sandbox.command import main

if __name__ == "__main__":
    raise SystemExit(main())
