"""The table at the end of a run: what a variant scores and where its submission lies."""
