import signal

import pytest

from isolex.files.interrupts import SIGNALS, uninterrupted


def test_an_interrupt_waits_for_the_end_of_the_block():
    done = []
    before = [signal.getsignal(number) for number in SIGNALS]

    def interrupted_halfway() -> None:
        signal.raise_signal(signal.SIGINT)
        done.append("all")

    with pytest.raises(KeyboardInterrupt), uninterrupted():
        interrupted_halfway()
    assert done == ["all"]
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with uninterrupted():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
