"""Runs a program at a terminal of its own, and ends it when it is asked to end."""

import os
import pty
import signal
import sys

child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
try:
    while os.read(terminal, 65536):
        pass
except OSError:
    pass  # The program has ended.
os.waitpid(child, 0)
