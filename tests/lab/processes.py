"""Child processes and ports of the lab: each child is ended by its own pid and never outlives the lab."""
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess


class Child:
    """A running program whose output goes to a file.

    It has a session of its own, so that Ctrl-C reaches only the lab, which then ends it in order; should the lab be
    killed outright, the kernel kills the child (PR_SET_PDEATHSIG, by setpriv, which keeps the pid).
    """

    def __init__(self, name, argv, log_path, env=None, cwd=None):
        self.name = name
        self.log_path = str(log_path)
        guard = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                guard + [str(part) for part in argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        self.pid = self.process.pid

    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.running():
            self.process.send_signal(number)

    def wait(self, timeout):
        """The exit code, or None when it still runs."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, timeout=5.0):
        """SIGTERM, then SIGKILL; the exit code."""
        if self.running():
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            if self.wait(timeout) is None:
                self.process.kill()
        return self.process.wait()

    def log_text(self):
        with contextlib.suppress(FileNotFoundError):
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return log.read()
        return ""

    def log_tail(self, lines=12):
        return "\n".join(self.log_text().splitlines()[-lines:])


def free_port(address="127.0.0.1"):
    """A port free for TCP and UDP, below the ephemeral range: no outgoing socket takes it while its server is down."""
    choice = random.SystemRandom()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(200):
        port = choice.randrange(20000, 32000)
        try:
            with socket.socket(family, socket.SOCK_STREAM) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
                tcp.bind((address, port))
                udp.bind((address, port))
                return port
        except OSError:
            continue
    raise RuntimeError("no free port between 20000 and 32000 on " + address)


def program(name):
    """The full path of an installed program; RuntimeError names what is missing."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
    if not path:
        raise RuntimeError(f"{name} is not installed")
    return path


@contextlib.contextmanager
def orderly_end():
    """Within, SIGTERM and SIGHUP end the lab as Ctrl-C does: by an exception, so that everything is cleaned up.

    SIGINT is set too: a shell starts background commands with it ignored.
    """

    def leave(_number, _frame):
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
