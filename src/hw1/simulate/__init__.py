"""A simulated survey with the homework's structure: no real row, the same bytes for one seed."""

from hw1.simulate.config import SimulationConfig
from hw1.simulate.edition import Edition, simulate_edition
from hw1.simulate.writing import write_edition

__all__ = ["Edition", "SimulationConfig", "simulate_edition", "write_edition"]
