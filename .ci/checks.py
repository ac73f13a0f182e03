"""What the checks in this folder share: how they count, wait, and choose ports."""
import random
import socket
import time

failures, passed = [], 0


def check(what, problems):
    """Counts one check, which passes if there are no problems."""
    global passed
    problems = list(problems)
    if problems:
        failures.append(what)
        print(f"FAILED  {what}", *problems, sep="\n        ", flush=True)
    else:
        passed += 1
        print(f"ok      {what}", flush=True)


def until(what, condition, seconds):
    """Waits for something that takes a moment; returns how many seconds it took.

    The last value that was not true is the problem.
    """
    begun, value = time.monotonic(), None
    while time.monotonic() < begun + seconds:
        value = condition()
        if value is True:
            check(what, [])
            return time.monotonic() - begun
        time.sleep(0.1)
    check(what, [f"not within {seconds} s: {value}"])
    raise TimeoutError(what)


def free_port():
    """A port below those that the system hands out: a server that is started again finds it free."""
    while True:
        with socket.socket() as taken:
            try:
                taken.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
                return taken.getsockname()[1]
            except OSError:
                pass  # it is taken


def ended():
    """Tells how many checks passed and failed; returns the exit status."""
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0
