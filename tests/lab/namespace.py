"""A network of one's own with nothing but loopback, where port 53 is free, and programs that see other files in /etc."""
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

from processes import Child
from waiting import eventually

SKIPPED = 77
_INSIDE = "PGD_LAB_NAMESPACE"
_KINDS = {"mount": "mnt", "uts": "uts"}
_SCRIPT = """set -e
cd "$0"
test -z "$1" || hostname "$1"
shift
for file; do mount --bind "$file" "/etc/$file"; done
touch ready
exec sleep infinity"""
_KEPT = ("passwd", "group", "nsswitch.conf", "hosts", "ld.so.cache", "localtime", "ssl")  # of /etc
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def enter():
    """Starts this program anew in a network and mount namespace, as root of a user namespace where it isn't root; returns
    there, with lo up. Where namespaces are forbidden it ends with `SKIPPED` and says so."""
    if os.environ.pop(_INSIDE, "") == "1":
        _loopback_up()
        return
    command = ["unshare", "--net", "--mount", "--propagation", "private"]
    command += ["--map-root-user"] if os.geteuid() else []
    try:
        allowed = subprocess.run([*command, "true"], capture_output=True, text=True, timeout=30, check=False)
        trouble = allowed.stderr.strip() if allowed.returncode else ""
    except OSError as error:
        trouble = str(error)
    if trouble:
        print(f"skipped: no network and mount namespace can be had here: {trouble}")
        sys.exit(SKIPPED)
    os.environ[_INSIDE] = "1"
    sys.stdout.flush()
    os.execvp(command[0], [*command, sys.executable, *sys.argv])


def lay_out(etc):
    """What programs need of /etc, in a directory of our own."""
    os.mkdir(etc, 0o755)
    for name in _KEPT:
        path = os.path.join("/etc", name)
        if os.path.isdir(path):
            shutil.copytree(path, os.path.join(etc, name), symlinks=True, ignore=shutil.ignore_patterns("private"))
        elif os.path.exists(path):
            shutil.copy(path, os.path.join(etc, name))


class Etc:
    """A mount namespace in which files of /etc have other contents: {name: text}; and where a `host` is given, the host
    has that name. `command` is put before a program's arguments to run it there."""

    def __init__(self, home, files, host=""):
        self.home = str(home)
        self.files = dict(files)
        self.host = host
        self.child = None
        os.makedirs(self.home, exist_ok=True)
        for name, text in self.files.items():
            if not os.path.exists("/etc/" + name):
                raise RuntimeError(f"/etc/{name} is not there: nothing can be mounted over it")
            with open(self._path(name), "w", encoding="ascii") as file:
                file.write(text)

    @property
    def command(self):
        return ["nsenter", *[f"--{kind}=/proc/{self.child.pid}/ns/{of}" for kind, of in _KINDS.items()], "--"]

    def start(self):
        kinds = [f"--{kind}" for kind in _KINDS]
        command = ["unshare", *kinds, "--propagation", "private", "sh", "-c", _SCRIPT, self.home, self.host]
        command += sorted(self.files)
        self.child = Child("etc", command, self._path("etc.log"))
        eventually("the files to be mounted", self._ready, timeout=10, instead=lambda: self.child.log_tail(3))

    def stop(self):
        if self.child is not None:
            self.child.stop()

    def _ready(self):
        if not self.child.running():
            raise RuntimeError("mounting failed: " + self.child.log_tail())
        return os.path.exists(self._path("ready"))

    def _path(self, name):
        return os.path.join(self.home, name)


def _loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))
