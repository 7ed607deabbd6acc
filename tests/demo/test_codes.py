"""The six figures, by the examples of RFC 6238, and with time to get there."""

import base64

import pytest

from demo import codes

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("at", "figures"), [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")])
def test_the_figures_are_those_of_the_standard(at, figures):
    assert codes.code_of(SECRET, at) == figures


@pytest.mark.parametrize(("second", "waits"), [(0, False), (21.9, False), (22.5, True), (29.9, True)])
def test_a_code_about_to_end_is_waited_out(monkeypatch, second, waits):
    clock = [90 + second]
    monkeypatch.setattr(codes.time, "time", lambda: clock[0])
    monkeypatch.setattr(codes.time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    assert codes.code_with_time_to_spare(SECRET) == codes.code_of(SECRET, 120 if waits else 90)
