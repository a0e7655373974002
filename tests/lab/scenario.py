"""The frame of every scenario check: arguments, Ctrl-C, clean-up, ✓ and ✗, exit code."""
import argparse
import os
import sys

from lab import Lab
from processes import orderly_end
from report import Report
from waiting import TROUBLE


def run(description, body, *extra):
    """Runs `body(lab, report, arguments)` in a fresh lab. `extra`: (flag, add_argument keywords). Ends the process:
    0 observed, 1 not, 2 usage, 130 interrupted."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--agent", required=True, metavar="PATH", help="the pgd-agent binary")
    parser.add_argument("--keep", action="store_true", help="leave the files in the temporary directory")
    for flag, keywords in extra:
        parser.add_argument(flag, **keywords)
    arguments = parser.parse_args()
    if not os.access(arguments.agent, os.X_OK):
        parser.error(f"{arguments.agent} is not an executable file")
    report = Report()
    report.title(os.path.basename(sys.argv[0]), description)
    code = 1
    try:
        with orderly_end(), Lab(arguments.agent, arguments.keep) as lab:
            try:
                body(lab, report, arguments)
            except TROUBLE as error:
                report.missed(error)
            if report.failed:
                report.says("the end of the agent's log:\n" + lab.agent.log_tail(), "")
            if arguments.keep:
                report.note(f"files kept in {lab.home}")
            code = 1 if report.failed else 0
    except KeyboardInterrupt:
        report.note("interrupted")
        code = 130
    sys.exit(code)


def all_up_and_ready(lab, names):
    """True once the agent is ready and says that many names are up."""
    up = lab.agent.metrics().series("pgd_agent_dns_up")
    return lab.agent.ready() and len(up) == names and all(value == 1 for _, value in up)
