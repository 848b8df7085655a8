"""A limit of time for code that a reader wrote."""

import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


class TooLong(BaseException):
    """The time is up. No Exception, so that a reader's `except Exception` does not swallow it."""


def within(seconds: float, work: Callable[[], Result], name: str) -> Result:
    """What work() returns or raises, if it is done in this time.

    It runs in a thread of its own. Nothing can interrupt `time.sleep` or a long call of NumPy, so all one can do is to
    stop waiting; and Ctrl-C, which goes to the main thread, is not confused with what the work itself raises.

    Raises
    ------
    TimeoutError
        If the time is up first. The work is then ended as soon as it executes Python again.
    RuntimeError
        If the work raises SystemExit or KeyboardInterrupt, which would end the caller.
    """
    outcome: Future[Result] = Future()

    def run():
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    late = True
    try:
        thread.join(seconds)
        late = thread.is_alive()
    finally:  # also after Ctrl-C
        if late:
            threading.Thread(target=_end, args=(thread,), daemon=True).start()
    if late:  # asked once: what the thread is ended by is no outcome
        raise TimeoutError(f"{name} is not done after {seconds} seconds: is there a loop without an end?")
    error = outcome.exception()
    if error is not None and not isinstance(error, Exception):
        raise RuntimeError(f"{name} raises {type(error).__name__}, which ends the whole program") from error
    return outcome.result()


def _end(thread):
    """Raise TooLong in a thread, again and again in case it is caught."""
    while thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(TooLong))
        thread.join(0.2)
