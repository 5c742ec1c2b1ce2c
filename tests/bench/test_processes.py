"""Seconds and memory are those of the command, not of whoever starts it."""

import sys

import pytest

MIB = 2**20


def test_memory_is_the_commands_own(tmp_path):
    from bench.speed.processes import run

    weight = bytearray(400 * MIB)
    light = run([sys.executable, "-c", "pass"], tmp_path)
    heavy = run([sys.executable, "-c", f"bytearray(b'x' * {150 * MIB})"], tmp_path)
    assert light.peak_bytes < 100 * MIB < 150 * MIB < heavy.peak_bytes < len(weight)
    assert light.seconds > 0.0


def test_a_command_that_fails_says_why(tmp_path):
    from bench.speed.processes import run

    with pytest.raises(RuntimeError, match="no such luck"):
        run([sys.executable, "-c", "raise SystemExit('no such luck')"], tmp_path)
