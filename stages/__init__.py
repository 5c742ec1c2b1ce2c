"""The stages; each runs the library of the tree it stands in.

An experiment in a temporary folder is another tree than the one that is installed: without this
line it would run code that its own commit does not record.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
