"""The breaker before a ticket system: opens after failures in a row, tries one, and grows again."""

from __future__ import annotations

from gateway.circuit import OPENS_AFTER, Circuit, CircuitState


def test_failures_halve_what_is_tried_and_open_it_for_all_but_one() -> None:
    circuit = Circuit(40)
    assert (circuit.state, circuit.size) == (CircuitState.CLOSED, 40)
    for expected in (20, 10):
        circuit.failed()
        assert (circuit.state, circuit.size) == (CircuitState.HALF_OPEN, expected)
    for _ in range(OPENS_AFTER):
        circuit.failed()
    assert (circuit.state, circuit.size) == (CircuitState.OPEN, 1)


def test_it_grows_again_once_something_is_taken() -> None:
    circuit = Circuit(8)
    for _ in range(10):
        circuit.failed()
    circuit.well()
    assert (circuit.state, circuit.size) == (CircuitState.HALF_OPEN, 2)
    for _ in range(2):
        circuit.well()
    assert (circuit.state, circuit.size) == (CircuitState.CLOSED, 8)


def test_one_failure_between_successes_never_opens_it() -> None:
    circuit = Circuit(4)
    for _ in range(20):
        circuit.failed()
        circuit.well()
    assert circuit.state is not CircuitState.OPEN
