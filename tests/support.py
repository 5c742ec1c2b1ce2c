"""Names that several test files share."""

from pathlib import Path

from hw1.simulate import SimulationConfig

ROOT = Path(__file__).resolve().parents[1]

SMALL = SimulationConfig(
    states=("AL", "CA", "NY"),
    signals=("cli", "wearing_mask", "tested_positive"),
    days=3,
    train_rows=90,
    test_rows=18,
)
