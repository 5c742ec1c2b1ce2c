"""Bring a project that a killed run has left into order: DVC's locks, dvc.lock, temporary files."""
