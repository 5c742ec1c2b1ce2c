"""Who evaluates the batches of a search: this process, processes beside it, or a Ray cluster."""
