"""MLflow as a projection of files: the only room of the project that knows of it."""
