"""One thin script an experiment; each runs the library of the tree it stands in."""

import stages  # noqa: F401 # one thread, and this tree's src first on the path
