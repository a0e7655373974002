"""`pgd-agent wait` as a child process: what it says, how and when it ends."""
import os
import pty
import select
import subprocess
import time

from processes import Child


def environment(**more):
    names = {name: value for name, value in os.environ.items() if not name.startswith("PGD_AGENT_")}
    names.update({"NO_COLOR": "1", "ASAN_OPTIONS": "exitcode=99:detect_leaks=1", "UBSAN_OPTIONS": "exitcode=99"})
    names.update(more)
    return names


class Waiter:
    """A wait that runs; its output goes to a file below `home`."""

    count = 0

    def __init__(self, program, home, *arguments):
        Waiter.count += 1
        self.began = time.monotonic()
        self.child = Child(
            "wait", [program, "wait", *arguments], os.path.join(home, f"wait-{Waiter.count}.log"), environment()
        )
        self.pid = self.child.pid

    def said(self):
        return self.child.log_text()

    def running(self):
        return self.child.running()

    def ends(self, within):
        """(exit code, seconds since it was started); the code is None where it still runs."""
        code = self.child.wait(within)
        return code, time.monotonic() - self.began

    def stop(self):
        self.child.stop()


def run(program, *arguments, timeout=30.0, **keywords):
    """A wait run to its end, as subprocess.run shows it; `keywords` go to it."""
    keywords.setdefault("env", environment())
    return subprocess.run(
        [program, "wait", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout,
        check=False,
        **keywords,
    )


class OnTerminal:
    """A wait whose standard error is a terminal 100 columns wide."""

    def __init__(self, program, *arguments, **variables):
        names = environment(TERM="xterm", COLUMNS="", **variables)
        if "NO_COLOR" not in variables:
            del names["NO_COLOR"]
        master, slave = pty.openpty()
        os.set_blocking(master, False)
        subprocess.run(["stty", "cols", "100", "rows", "24"], stdin=slave, check=True)
        self.master = master
        self.shown = ""
        self.process = subprocess.Popen(
            [program, "wait", *arguments], stdin=slave, stdout=slave, stderr=slave, env=names, start_new_session=True
        )
        os.close(slave)

    def look(self, seconds=0.05):
        """All that was shown so far."""
        end = time.monotonic() + seconds
        while select.select([self.master], [], [], max(0.0, end - time.monotonic()))[0]:
            try:
                part = os.read(self.master, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            self.shown += part.decode("utf-8", "replace")
        return self.shown

    def ends(self, within=10.0):
        code = self.process.wait(within)
        self.look()
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
