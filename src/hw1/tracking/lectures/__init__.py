"""The lectures' results in MLflow: one run each, in an experiment of their own."""
