"""The stages; each runs the library of the tree it stands in.

An experiment in a temporary folder is another tree than the one that is installed: without this
line it would run code that its own commit does not record.
"""

import os
import sys
from pathlib import Path

# Sums in another order on a machine with more cores would make other bytes; the train stage sets
# its own number of threads.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# pydantic would look for plugins of its own in every package that is installed
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from hw1.core.guard import end_with_dvc  # noqa: E402 # of this tree

end_with_dvc()  # before a stage's own imports, which take a second or two
