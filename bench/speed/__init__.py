"""How fast the project is, beside what students run today: `python -m bench.speed`.

One file a part; `bench.speed.__main__` runs them. Nothing heavy is imported here, because the clock
of a stage's start-up (`bench.speed.stage_clock`) passes through.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# this very tree's library, not one that is installed; tests/ has helpers that benchmarks share
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]
