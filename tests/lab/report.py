"""What the lab prints: numbered steps with ✓ and ✗, aligned; coloured on a terminal only, and not under NO_COLOR."""
import os
import sys
import textwrap

from waiting import NotObserved, eventually

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "cyan": "36"}
_MARGIN = "   "
_WIDTH = 118


class Report:
    """Prints the walk and remembers what was not observed."""

    def __init__(self, stream=None, budget=None):
        self.stream = stream or sys.stdout
        if hasattr(self.stream, "reconfigure"):
            self.stream.reconfigure(errors="replace", line_buffering=True)
        self.coloured = self.stream.isatty() and not os.environ.get("NO_COLOR")
        self.budget = budget
        self.steps = 0
        self.passed = 0
        self.failed = []

    def title(self, text, *lines):
        self._line(self._styled(text, "bold"))
        for line in lines:
            self._line(self._styled(line, "dim"))

    def step(self, text):
        self.steps += 1
        self._line("")
        self._line(self._styled(f"{self.steps}  {text}", "bold"))

    def did(self, text):
        """What the lab did."""
        self._block("did", text, "cyan")

    def says(self, text, who="agent"):
        """What the agent says of it, in its own words."""
        for line in str(text).splitlines():
            self._block(who, line, "dim")

    def ok(self, what, detail=""):
        self.passed += 1
        self._line(f"{_MARGIN}{self._styled('✓', 'green')} {what:<62} {detail}".rstrip())

    def bad(self, what, *reasons):
        self.failed.append(what)
        self._line(f"{_MARGIN}{self._styled('✗', 'red')} {what}")
        for reason in reasons:
            for line in str(reason).splitlines():
                self._block("", line, "dim")

    def expect(self, what, condition, detail="", instead=None):
        """✓ where the condition holds, else NotObserved: the step ends."""
        if not condition:
            raise NotObserved(what, 0, instead if instead is not None else detail)
        self.ok(what, detail)

    def wait_for(self, what, look, timeout=10.0, interval=0.02, instead=None, detail=None):
        """✓ as soon as `look()` is true, else NotObserved. `detail(value)` is printed beside it. Returns the value."""
        limit = self.budget.clip(timeout) if self.budget else timeout
        value = eventually(what, look, limit, interval, instead)
        self.ok(what, detail(value) if detail else "")
        return value

    def missed(self, error):
        """✗ for one of TROUBLE."""
        if not isinstance(error, NotObserved):
            self.bad("the agent answers", f"{type(error).__name__}: {error}")
            return
        within = f"expected within {error.waited:.0f} s" if error.waited else "expected"
        self.bad(error.expected, f"{within}; instead:", error.instead)

    def note(self, text):
        self._line(_MARGIN + text)

    def _block(self, label, text, style):
        prefix = f"{_MARGIN}{label:<7} "
        for number, line in enumerate(textwrap.wrap(text, _WIDTH - len(prefix), break_on_hyphens=False) or [""]):
            shown = prefix if number == 0 else " " * len(prefix)
            self._line(self._styled(shown, style) + (self._styled(line, "dim") if style == "dim" else line))

    def _styled(self, text, style):
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self.coloured else text

    def _line(self, text):
        print(text, file=self.stream, flush=True)
