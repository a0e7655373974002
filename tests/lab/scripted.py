"""Servers that do what no real PostgreSQL can be made to do: fall silent, flood, drip, talk nonsense."""
import os
import socket
import ssl
import struct
import threading
import time

FLOOD = b"\x16\x03\x03\x00\xff" + bytes(range(256)) * 256


class Scripted:
    """Plays its `behaviour` to each client: a text is sent as it is; "tls" shakes hands with `leaf`; "silence",
    "deaf" (also to a goodbye), "close", "reset", "flood" (64 KiB), "S and flood" in one go, and, once the client's hello is
    there, "garbage", "answering flood" and "drip" (a byte a second) do as they say."""

    def __init__(self, behaviour, leaf, home):
        self.behaviour = behaviour
        self.stop = threading.Event()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pair = os.path.join(home, "scripted.pem")
        with open(os.open(pair, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(leaf.certificate + leaf.key)
        self.context.load_cert_chain(pair)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.2)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(10)
        self.listener.close()

    def _serve(self):
        while not self.stop.is_set():
            try:
                client, _ = self.listener.accept()
            except TimeoutError:
                continue
            client.settimeout(5)
            try:
                self._play(client)
            except OSError:
                pass
            finally:
                client.close()

    def _play(self, client):
        if self.behaviour[0] not in ("flood", "close"):
            client.recv(8)
        for act in self.behaviour:
            if act == "tls":
                client = self.context.wrap_socket(client, server_side=True)
            elif act == "silence":
                self._hold(client)
            elif act == "deaf":
                self.stop.wait()
            elif act == "close":
                return
            elif act == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            elif act == "garbage":
                client.recv(4096)
                client.sendall(bytes(range(32, 96)))
                self._hold(client)
            elif act == "flood":
                client.sendall(FLOOD)
                self._hold(client)
            elif act == "S and flood":
                client.sendall(b"S" + FLOOD)
                self._hold(client)
            elif act == "answering flood":
                client.recv(4096)
                client.sendall(FLOOD)
                self._hold(client)
            elif act == "drip":
                client.recv(4096)
                for byte in b"\x16\x03\x03\x40\x00" + bytes(64):
                    client.sendall(bytes((byte,)))
                    if self._gone(client, 1):
                        return
            else:
                client.sendall(act.encode())

    def _hold(self, client):
        """Until the other side goes or the test ends."""
        while not self.stop.is_set() and not self._gone(client, 0.1):
            pass

    def _gone(self, client, seconds):
        client.settimeout(seconds)
        started = time.monotonic()
        try:
            gone = client.recv(4096) == b""
        except (TimeoutError, ssl.SSLWantReadError):
            return self.stop.is_set()
        except OSError:
            return True
        if not gone:
            time.sleep(max(0.0, seconds - (time.monotonic() - started)))
        return gone or self.stop.is_set()
