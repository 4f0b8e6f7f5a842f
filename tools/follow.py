"""Becomes a command that is told to stop when the process that ran it is gone: `make` may be killed."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    leader, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":  # elsewhere only the signals that reach us count
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != leader:
            sys.exit(1)  # it was gone before it could be followed
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
