"""Runs a program on a terminal of its own and feeds it standard input by time.

    terminal.py COLUMNS ROWS PATTERN COMMAND... < rows

Rows are JSON, one a line: [seconds, hex], or [seconds, hex, pattern]: one that waits until the program has printed what
the pattern matches, however slowly it starts; what comes after it waits as long. What the program prints on the terminal goes to standard output; its exit
status is that of this script. After the last row, and once the program has printed what the pattern matches, SIGINT
goes to it, as Ctrl-C would send it; half a minute later in any case.
"""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import sys
import termios
import threading
import time

PATIENCE = 30
columns, rows, pattern = int(sys.argv[1]), int(sys.argv[2]), re.compile(sys.argv[3].encode())
feed = [json.loads(line) for line in sys.stdin]
near, far = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(near, 0)
    os.close(near)
    os.close(far)
    os.execvp(sys.argv[4], sys.argv[4:])
os.close(near)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def play() -> None:
    began = time.monotonic()
    for at, data, *wanted in feed:
        time.sleep(max(0, began + at - time.monotonic()))
        arrival = time.monotonic()
        for each in wanted:
            while not re.search(each.encode(), printed) and time.monotonic() - arrival < PATIENCE:
                time.sleep(0.02)
            began += time.monotonic() - arrival
        os.write(far, bytes.fromhex(data))
    seen.wait(PATIENCE)
    os.kill(pid, signal.SIGINT)


printed = b""
seen = threading.Event()
threading.Thread(target=play, daemon=True).start()
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    os.write(1, piece)
    printed += piece
    if pattern.search(printed):
        seen.set()
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
