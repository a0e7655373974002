"""The steps of the demo about certificates: rotations, well and badly done, and an expiry."""
import time
from datetime import timedelta

from agent import clock_text, log_time
from pki import Authority, now
from walk import Looking

EXPIRES_IN = 7


class Certificates(Looking):
    """The steps about the Secrets and what is served of them."""

    def rotation(self):
        report = self.report
        report.step("A rotation noticed")
        leaf = self.lab.new_server_leaf()
        before = self.agent.metrics()
        renamed = self.lab.mount_server(leaf)
        report.did(f"server Secret swapped in one rename: a new key, a new certificate, serial {leaf.serial}")
        self._wait(
            "the new serial is in its metrics",
            lambda: self._serial() == leaf.serial,
            detail=lambda _: f"{(time.time() - renamed) * 1000:.0f} ms after the rename, our asking included",
        )
        after = self.agent.metrics()
        delay = [metrics.total("pgd_agent_secret_rotation_detection_delay_seconds_sum") for metrics in (before, after)]
        report.expect(
            "counted once, detected by inotify",
            self._rotations(after) - self._rotations(before) == 1,
            f"{(delay[1] - delay[0]) * 1000:.1f} ms by the agent's own measure",
            f"{self._rotations(after) - self._rotations(before):g} more inotify rotations of server",
        )
        report.says(self._event("rotation", "server"))
        self._wait("still ready", self.agent.ready)

    def _serial(self):
        found = self.agent.metrics().series(
            "pgd_agent_certificate_info", secret="server", source="mounted", position="leaf"
        )
        return found[0][0]["serial"] if found else None

    @staticmethod
    def _rotations(metrics):
        return metrics.total("pgd_agent_secret_rotations_total", secret="server", detected_by="inotify")

    def no_reload(self):
        lab, report = self.lab, self.report
        report.step("A rotation that Postgres was not told of")
        leaf = lab.new_server_leaf()
        lab.instance_manager.reloads = False
        try:
            lab.mount_server(leaf)
            report.did("server Secret swapped; the files Postgres reads follow, but nobody has it reload")
            self._wait("what is mounted is no longer what is served", lambda: self._drift("mounted_served") == 1)
            self._wait("what was written for Postgres has followed", lambda: self._drift("mounted_written") == 0)
            self._wait("warning: drift-served, after its grace", lambda: self._has("drift-served", "warning"))
            self._say_findings("drift-served")
        finally:
            lab.instance_manager.reloads = True
            lab.instance_manager.reload()
        report.did("Postgres reloaded")
        self._wait("served is as mounted", lambda: self._drift("mounted_served") == 0)
        self._wait("drift-served is gone", lambda: self._gone("drift-served"))

    def wrong_order(self):
        lab, report = self.lab, self.report
        report.step("A CA rotated in the wrong order")
        old = lab.server_ca
        new = Authority(lab.path("server-ca-next"), old.common_name)
        try:
            lab.secrets["server_ca"].write({"ca.crt": new.certificate})
            report.did(
                "server CA Secret replaced by a CA of the same name with another key; the leaf is still the old CA's"
            )
            self._wait("critical: ca-key-changed", lambda: self._has("ca-key-changed"))
            self._say_findings("ca-key-changed")
            self._wait(
                "not ready while its own certificate is trusted by nobody",
                lambda: not self.agent.ready(),
                detail=lambda _: "/readyz 503",
            )
            self._wait("the startup gate stays open: it is latched", self.agent.started, path="/startupz")
        finally:
            lab.secrets["server_ca"].write({"ca.crt": old.certificate + new.certificate})
        report.did("put right: the CA Secret holds both, old and new")
        self._wait("ca-key-changed is gone", lambda: self._gone("ca-key-changed"))
        self._wait("ready again", self.agent.ready)
        leaf = lab.new_server_leaf(new)
        lab.mount_server(leaf, new)
        report.did("then in the right order: leaf re-issued by the new CA, only then the old CA dropped")
        self._wait("the re-issued leaf is seen", lambda: self._serial() == leaf.serial)
        lab.server_ca = new
        lab.secrets["server_ca"].write({"ca.crt": new.certificate})
        self._wait(
            "the agent sees one anchor",
            lambda: len(
                self.agent.metrics().series(
                    "pgd_agent_certificate_info", secret="server_ca", source="mounted", position="anchor"
                )
            )
            == 1,
        )
        self._wait("nothing critical, no warning", lambda: not self.agent.metrics().findings("critical", "warning"))

    def expiry(self):
        lab, report = self.lab, self.report
        report.step("An expired certificate")
        leaf = lab.new_server_leaf(
            not_before=now() - timedelta(days=90), not_after=now() + timedelta(seconds=EXPIRES_IN)
        )
        expires = leaf.not_after.timestamp()
        try:
            # Nobody may read while the second passes: neither we nor Prometheus.
            lab.prometheus.pause()
            lab.mount_server(leaf)
            report.did(
                f"server leaf that expires at {clock_text(expires)[:8]} UTC; Prometheus paused: nobody reads the agent"
            )
            time.sleep(max(0.0, expires + 1.1 - time.time()))
            self._wait(
                "one log line, at that second",
                lambda: self._expiry_line(expires),
                3,
                detail=lambda line: f"at {clock_text(log_time(line))}",
            )
            report.says(self._expiry_line(expires), "log")
            lab.prometheus.resume()
            self._wait("critical: expired", lambda: self._has("expired"))
            self._say_findings("expired")
            self._wait("not ready", lambda: not self.agent.ready(), detail=lambda _: "/readyz 503")
            self._wait("the startup gate stays open: expiry never holds Postgres", self.agent.started, path="/startupz")
        finally:
            lab.prometheus.resume()
            lab.mount_server(lab.new_server_leaf())
        report.did("healed: a fresh leaf")
        self._wait("expired is gone", lambda: self._gone("expired"))
        self._wait("ready again", self.agent.ready)

    def _expiry_line(self, expires):
        """The only line about the expiry, if it bears the right second."""
        lines = self.agent.log_lines("expired (critical)")
        return lines[0] if len(lines) == 1 and 0 <= (log_time(lines[0]) or 0) - expires < 1.1 else None
