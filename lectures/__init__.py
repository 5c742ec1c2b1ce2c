"""The second pipeline: the lectures' experiments, with their own parameters and results."""
