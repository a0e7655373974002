"""What the checks of `wait` have in common: an agent that may hold, waits, what they say and how they end."""
import os

from agent import Agent
from waiter import Waiter
from waiting import TROUBLE, eventually

GARBAGE = {"tls.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}
HELD = "waiting, held: secret-server: "


class WaitCases:
    """Each of `cases`, methods of a class derived from this, begins with an agent that does not run yet."""

    cases = ()

    def __init__(self, lab, report):
        self.lab = lab
        self.report = report
        self.program = os.path.abspath(lab.agent_path)
        self.good = lab.secrets["server"].read()
        self.count = 0
        self.waiters = []

    def run(self):
        for name in self.cases:
            case = getattr(self, name)
            self.report.step(case.__doc__)
            self.fresh_agent()
            try:
                case()
            except TROUBLE as error:
                self.report.missed(error)
            finally:
                self.lab.agent.stop()
        complaints = [waiter.said() for waiter in self.waiters if "Sanitizer" in waiter.said()]
        self.report.expect("no sanitizer's report", not complaints, f"of {len(self.waiters)}", complaints)

    def fresh_agent(self):
        self.count += 1
        self.lab.agent = Agent(self.lab.agent_path, self.lab.path(f"agent-{self.count}"))
        self.lab.config = self.lab.configuration()
        self.lab.secrets["server"].write(self.good)

    def held_agent(self, startup_max_wait="0s"):
        self.lab.config["gates"] = {"startup_max_wait": startup_max_wait}
        self.lab.secrets["server"].write({**self.good, **GARBAGE})
        self.lab.start_agent()
        eventually("the agent to answer", self.lab.agent.live, 15, instead=self.lab.agent.log_tail)

    def wait(self, *arguments):
        return self.started("--url", self.lab.agent.url, *arguments)

    def here(self, *arguments):
        return self.started("--config", self.lab.agent.config_path, *arguments)

    def started(self, *arguments):
        self.waiters.append(self.lab.part(Waiter(self.program, self.lab.home, *arguments)))
        return self.waiters[-1]

    def says(self, waiter, *words):
        self.report.wait_for(
            "it says " + " … ".join(word.strip() for word in words),
            lambda: all(word in waiter.said() for word in words),
            10,
            instead=waiter.said,
        )

    def ends(self, waiter, code, within, what=""):
        ended, took = waiter.ends(within)
        self.report.expect(what or f"exit {code}", ended == code, instead=f"{ended}: {waiter.said()}")
        return took
