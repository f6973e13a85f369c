"""The command, as `python -m driftsphere`: see `python -m driftsphere --help`."""

import signal
import sys

from ._driftsphere import run


def main() -> int:
    """Runs the command with the arguments of the process; returns its exit status."""
    # The command does not come back to Python, which could not interrupt it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
