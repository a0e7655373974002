"""dnsmasq on port 53 of a loopback address, forwarding; as small clusters and routers have it."""
import os

from dns import ask
from processes import Child, program
from waiting import eventually


class Dnsmasq:
    """dnsmasq for `forward_to`: {domain: (address, port)}; what is in none of them is refused. It keeps nothing."""

    def __init__(self, home, forward_to, address, port=53):
        self.home = str(home)
        self.ip = address
        self.port = port
        self.forward_to = dict(forward_to)
        self.child = None
        os.makedirs(self.home, exist_ok=True)

    def start(self):
        options = [
            "--no-daemon",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--cache-size=0",
            "--log-facility=-",
        ]
        options += [f"--port={self.port}", f"--listen-address={self.ip}", "--bind-interfaces"]
        options += [f"--server=/{domain}/{server[0]}#{server[1]}" for domain, server in self.forward_to.items()]
        self.child = Child("dnsmasq", [program("dnsmasq"), *options], os.path.join(self.home, "dnsmasq.log"))
        eventually("dnsmasq to answer", self._answers, timeout=10, instead=lambda: self.child.log_tail(3))

    def stop(self):
        if self.child is not None:
            self.child.stop()

    def _answers(self):
        if not self.child.running():
            raise RuntimeError("dnsmasq ended at once:\n" + self.child.log_tail())
        return ask((self.ip, self.port), "nowhere.invalid", timeout=0.3)[0] == "refused"
