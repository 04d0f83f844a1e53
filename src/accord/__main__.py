"""``python -m accord``: the command line, where no script is installed."""

from accord.cli import main

main()
