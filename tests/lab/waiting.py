"""Bounded waiting: every wait of the lab has an end, and says what was expected and what was seen instead."""
import time


class NotObserved(Exception):
    """Something expected did not happen in time."""

    def __init__(self, expected, waited, instead):
        super().__init__(f"expected {expected} within {waited:g} s; instead: {instead}")
        self.expected = expected
        self.waited = waited
        self.instead = instead


class Hopeless(Exception):
    """What is waited for can't come any more: a wait that meets this ends at once."""


# What may go wrong in a step without being the lab's own fault.
TROUBLE = (NotObserved, Hopeless, OSError, ValueError)


class Budget:
    """The time a whole walk may take: no single wait outlives it."""

    def __init__(self, seconds):
        self.ends = time.monotonic() + seconds

    def clip(self, seconds):
        return max(0.5, min(seconds, self.ends - time.monotonic()))


def eventually(expected, look, timeout=10.0, interval=0.02, instead=None):
    """The first true value of `look()`, polled every `interval` seconds.

    `look` may raise OSError or ValueError (nothing there yet, half written): that counts as not yet. `instead` tells
    what is seen in its place when the time is over; NotObserved carries it.
    """
    end = time.monotonic() + timeout
    trouble = "nothing"
    while True:
        try:
            value = look()
            if value:
                return value
            trouble = "nothing of the kind"
        except Hopeless as error:
            raise NotObserved(expected, 0, str(error)) from error
        except (OSError, ValueError) as error:
            trouble = f"{type(error).__name__}: {error}"
        if time.monotonic() >= end:
            break
        time.sleep(interval)
    if instead is not None:
        try:
            trouble = instead() or trouble
        except (OSError, ValueError) as error:
            trouble = f"{type(error).__name__}: {error}"
    raise NotObserved(expected, timeout, trouble)


def holds(expected, look, seconds, interval=0.1, instead=None):
    """`look()` stays true for `seconds`; NotObserved at the first time it is not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not look():
            raise NotObserved(expected, seconds, instead() if instead else "it changed")
        time.sleep(interval)
