"""Becomes a program that ends with the process that launched it; a script on the standard library alone.

    launch.py '{"parent": 4711, "account": [101, 104], "view": ["/real/folder", "/mnt"]}' PROGRAM ARGUMENTS…

On Linux the kernel sends SIGINT when the parent's thread ends, whatever way it ends. Elsewhere this process
stays beside the program and watches a pipe on its standard input, which closes with the parent.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1
CLONE_NEWNS = 0x20000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000


def show(folder: str, at: str) -> None:
    """Let this process alone see `folder` at another place, which an unprivileged account can enter."""
    libc = ctypes.CDLL(None, use_errno=True)
    private, bind = ctypes.c_ulong(MS_REC | MS_PRIVATE), ctypes.c_ulong(MS_BIND)
    failed = (
        libc.unshare(CLONE_NEWNS)
        or libc.mount(b"none", b"/", None, private, None)
        or libc.mount(os.fsencode(folder), os.fsencode(at), None, bind, None)
    )
    if failed:
        reason = os.strerror(ctypes.get_errno())
        sys.exit(f"cannot show {folder} to another account: {reason}")


def become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def watch(program: list[str]) -> int:
    """Run the program until it ends or standard input closes."""
    child = subprocess.Popen(program, stdin=subprocess.DEVNULL)  # noqa: S603

    def pass_on(number: int, frame: object) -> None:
        child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, pass_on)

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        child.send_signal(signal.SIGINT)

    threading.Thread(target=end_with_parent, daemon=True).start()
    return child.wait()


def main() -> int | None:
    wished = json.loads(sys.argv[1])
    program = sys.argv[2:]
    os.umask(0o077)
    if wished.get("view"):
        show(*wished["view"])
    if wished.get("account"):
        become(*wished["account"])
    os.chdir("/")
    if sys.platform != "linux":
        return watch(program)
    # After the change of account, which would take the wish back.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != wished["parent"]:
        return 1  # the parent was gone before it could be watched
    return os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
