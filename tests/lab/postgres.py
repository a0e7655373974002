"""Real PostgreSQL servers on loopback, each with a `certificates` directory as CloudNativePG's instance manager has it.

Made once by initdb, then copied. A server won't run as root: there it runs as the user `postgres`, or `nobody`.
"""
import contextlib
import functools
import glob
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import time

from processes import Child, free_port, program
from waiting import Hopeless, eventually

ROLE = "streaming_replica"
MAP = "cnpg_streaming_replica"
# In the order in which the instance manager writes them.
CERTIFICATE_FILES = (
    "server.crt",
    "server.key",
    "streaming_replica.crt",
    "streaming_replica.key",
    "client-ca.crt",
    "server-ca.crt",
)
# The lines by which nodes reach one another, and the way in for a superuser: the socket. All else is rejected.
HBA = (
    "local all all trust",
    f"hostssl replication {ROLE} all cert map={MAP}",
    f"hostssl postgres {ROLE} all cert map={MAP}",
)
READY = "database system is ready to accept connections"
RELOADED = "received SIGHUP, reloading configuration files"

_SETTINGS = {
    "fsync": False,
    "synchronous_commit": False,
    "full_page_writes": False,
    "autovacuum": False,
    "shared_buffers": "2MB",
    "max_connections": 30,
    "max_wal_senders": 5,
    "max_worker_processes": 2,
    "max_logical_replication_workers": 0,
    "dynamic_shared_memory_type": "mmap",  # a chroot's /dev/shm is root's alone
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
}
_SSL_REQUEST = bytes((0, 0, 0, 8, 4, 210, 22, 47))


def programs():
    """The directory with `postgres`, `initdb` and `psql` of the newest version installed."""

    def version(path):
        return [int(number) for number in re.findall(r"\d+", path)]

    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=version)
    path = found[-1] if found else shutil.which("postgres")
    if not path:
        raise RuntimeError("postgres is not installed")
    return os.path.dirname(os.path.realpath(path))


@functools.cache
def major():
    """15, 17, …"""
    said = subprocess.run([os.path.join(programs(), "postgres"), "-V"], capture_output=True, text=True, check=True)
    return int(re.search(r" (\d+)", said.stdout)[1])


def conninfo(**parameters):
    """A connection string. Any value can be in it."""
    quoted = {name: str(value).replace("\\", "\\\\").replace("'", "\\'") for name, value in parameters.items()}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items())


def psql(connection, sql="SELECT 1", env=None, timeout=60):
    """(exit code, what it complained of) of a psql that knows neither PG* variables nor files of a user."""
    base = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LC_ALL": "C", "PGCONNECT_TIMEOUT": "20"}
    done = subprocess.run(
        [os.path.join(programs(), "psql"), "-X", "-w", "-q", "-A", "-t", "-d", connection, "-c", sql],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**base, **(env or {})},
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stderr.decode("utf-8", "replace").strip()


class Installation:
    """Where servers are made, below `home`; nothing happens before the first one is asked for."""

    def __init__(self, home):
        self.home = str(home)
        self.account = _account()
        self.servers = []
        self._template = None

    def server(self, name, **options):
        """A server not yet started. For the options see Server."""
        if self._template is None:
            self._template = self._make_template()
        made = Server(self, name, **options)
        self.servers.append(made)
        return made

    def stop(self):
        """Ends every server."""
        for server in self.servers:
            server.stop()

    def copy_template(self, data):
        subprocess.run(["cp", "-a", "--reflink=auto", self._template, data], check=True)

    def own(self, path, owner=None):
        """Gives a file or directory to the servers' user, or to `owner`: (user id, group id)."""
        if owner or self.account:
            os.chown(path, *(owner or (self.account.pw_uid, self.account.pw_gid)))

    def as_user(self, argv):
        """The command as the servers' user. SIGINT, not SIGKILL, should the lab die: a server then cleans up."""
        ids = []
        if self.account:
            ids = [f"--reuid={self.account.pw_uid}", f"--regid={self.account.pw_gid}", "--clear-groups"]
        return [program("setpriv"), *ids, "--pdeathsig=INT", "--", *argv]

    def _make_template(self):
        os.makedirs(self.home, exist_ok=True)
        if self.account:
            _let_through(self.home)
        template = os.path.join(self.home, "template")
        os.mkdir(template, 0o700)
        self.own(template)
        settings = ["--no-sync", "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "--wal-segsize=1"]
        self._run(["initdb", "-D", template, *settings])
        self._run(["postgres", "--single", "-D", template, "postgres"], f"CREATE ROLE {ROLE} REPLICATION LOGIN;\n")
        return template

    def _run(self, argv, text=None):
        argv = self.as_user([os.path.join(programs(), argv[0]), *argv[1:]])
        done = subprocess.run(argv, input=text, capture_output=True, text=True, cwd=self.home, check=False)
        if done.returncode != 0 or "ERROR:" in done.stderr:
            raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")


class Server:
    """One server. `addresses` it listens on; `port` 0: a free one; `settings`: of postgresql.conf (log_connections,
    ssl_min_protocol_version), over the lab's own; `env`: more of the environment. With `tls` server.crt, server.key
    and, with `client_ca`, client-ca.crt have to be written before it starts."""

    def __init__(
        self,
        installation,
        name,
        addresses=("127.0.0.1",),
        port=0,
        tls=True,
        client_ca=True,
        hba=HBA,
        settings=None,
        env=None,
    ):
        self.installation = installation
        self.name = name
        self.addresses = tuple(addresses)
        self.port = port or free_port(self.addresses[0])
        self.home = os.path.join(installation.home, name)
        self.data = os.path.join(self.home, "data")
        self.socket = os.path.join(self.home, "socket")
        self.certificates = os.path.join(self.home, "certificates")
        self.log_path = os.path.join(self.home, "log")
        self.env = {**os.environ, **(env or {})}
        self.child = None
        for path in (self.home, self.socket, self.certificates):
            os.mkdir(path, 0o755)
            installation.own(path)
        installation.copy_template(self.data)
        own = dict(_SETTINGS, listen_addresses=",".join(self.addresses), port=self.port)
        own.update(unix_socket_directories=self.socket, ssl=tls)
        if tls:
            own.update(ssl_cert_file=self.path("server.crt"), ssl_key_file=self.path("server.key"))
            own.update(ssl_ca_file=self.path("client-ca.crt") if client_ca else "")
        self.write_data("postgresql.conf", "")
        self.change(**{**own, **(settings or {})})
        self.allow(*hba)
        self.write_data("pg_ident.conf", f"{MAP} {ROLE} {ROLE}\n")

    @property
    def address(self):
        return self.addresses[0]

    def path(self, name):
        """Of a file in the certificates directory."""
        return os.path.join(self.certificates, name)

    # Its files.

    def write(self, name, content, mode=0o600, owner=None):
        """Replaces a file of `certificates` by rename, as the instance manager does: not where its content is the same,
        whatever the mode. Whether anything changed. `owner`: (user id, group id)."""
        content = content.encode() if isinstance(content, str) else content
        path = self.path(name)
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            if file.read() == content:
                return False
        staged = f"{path}_{int(time.time())}"
        with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
        self.installation.own(staged, owner)
        os.rename(staged, path)
        return True

    def write_all(self, contents, mode=0o600, owner=None):
        """{name of CERTIFICATE_FILES: content}, in the instance manager's order: a certificate, then its key."""
        changed = [self.write(name, contents[name], mode, owner) for name in CERTIFICATE_FILES if name in contents]
        return any(changed)

    def write_server(self, leaf, **access):
        """A `Leaf`: its certificate and key."""
        return self.write_all({"server.crt": leaf.certificate, "server.key": leaf.key}, **access)

    def write_client(self, leaf, **access):
        return self.write_all({"streaming_replica.crt": leaf.certificate, "streaming_replica.key": leaf.key}, **access)

    def change(self, **settings):
        """Appends to postgresql.conf, where the last line counts; in force after `reload` or the next start."""
        lines = "".join(f"{name} = {_setting(value)}\n" for name, value in settings.items())
        self.write_data("postgresql.conf", lines, "a")

    def allow(self, *lines):
        """The lines of pg_hba.conf. In force after `reload` or the next start."""
        self.write_data("pg_hba.conf", "\n".join(lines) + "\n")

    # Its process.

    def start(self, until=READY):
        """Starts it and waits until it says `until`: that it takes connections. Its end is tied to the thread that calls this."""
        before = self.log_count(until)
        argv = [os.path.join(programs(), "postgres"), "-D", self.data]
        self.child = Child(self.name, self.installation.as_user(argv), self.log_path, self.env, self.home)
        self._wait_for(until, before, f"PostgreSQL {self.name} to say: {until}")

    def stop(self, fast=True):
        """The exit code; fast: sessions are ended, else at once and without a checkpoint, as in a crash."""
        if self.child is None:
            return None
        self.child.signal(signal.SIGINT if fast else signal.SIGQUIT)
        self.child.wait(15)
        return self.child.stop()

    def reload(self):
        """SIGHUP, and waits until the server says that it reloads. Whoever connects then meets what is new: it takes
        nobody in the meantime. That it kept an old certificate is in the log afterwards: `served` shows it."""
        before = self.log_count(RELOADED)
        self.child.signal(signal.SIGHUP)
        self._wait_for(RELOADED, before, f"PostgreSQL {self.name} to reload")

    def running(self):
        return self.child is not None and self.child.running()

    def served(self, address=None, timeout=20.0):
        """The certificate it presents, DER; the connection ends before the startup packet, so it logs nothing."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection((address or self.address, self.port), timeout) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                raise ValueError(f"PostgreSQL {self.name} does without TLS")
            with context.wrap_socket(plain) as secured:
                return secured.getpeercert(binary_form=True)

    # Its words.

    def log_text(self):
        return self.child.log_text() if self.child else ""

    def log_lines(self, text):
        return [line for line in self.log_text().splitlines() if text in line]

    def log_count(self, text):
        return len(self.log_lines(text))

    def _wait_for(self, text, before, what):
        def said():
            if not self.child.running():
                raise Hopeless("it ended:\n" + self.child.log_tail())
            return self.log_count(text) > before

        eventually(what, said, 30, 0.005, lambda: self.child.log_tail(5))

    def write_data(self, name, text, how="w"):
        path = os.path.join(self.data, name)
        with open(path, how, encoding="utf-8") as file:
            file.write(text)
        self.installation.own(path)


def _setting(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return "'" + str(value).replace("'", "''") + "'"


def _account():
    """Whom servers run as, or None: the lab's own user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _let_through(path):
    """Lets every user pass through a directory and those above it, as far as they are the lab's own."""
    while path.startswith(tempfile.gettempdir() + "/"):
        os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) | 0o011)
        path = os.path.dirname(path)
