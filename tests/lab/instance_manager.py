"""CloudNativePG's instance manager, as far as certificates go: it copies the Secrets to where Postgres reads them, a
file at a time, and has Postgres reload. Switched off it is the outage this agent is for."""
import signal
import threading

SECRET_FILES = (
    ("server", "tls.crt", "server.crt"),
    ("server", "tls.key", "server.key"),
    ("client", "tls.crt", "streaming_replica.crt"),
    ("client", "tls.key", "streaming_replica.key"),
    ("client_ca", "ca.crt", "client-ca.crt"),
    ("server_ca", "ca.crt", "server-ca.crt"),
)
LOOKS_EVERY = 0.1  # seconds


class InstanceManager:
    """For one server of postgres.Installation and the lab's Secret volumes."""

    def __init__(self, secrets, server):
        self.secrets, self.server = secrets, server
        self.reloads = True
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.write()
        self._thread.start()

    def stop(self):
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def write(self):
        """Whether any file changed."""
        payloads = {role: volume.read() for role, volume in self.secrets.items()}
        files = {to: payloads[role][of] for role, of, to in SECRET_FILES if of in payloads[role]}
        return self.server.write_all(files)

    def reload(self):
        if self.server.running():
            self.server.child.signal(signal.SIGHUP)

    def _run(self):
        while not self._end.wait(LOOKS_EVERY):
            if self.write() and self.reloads:
                self.reload()
