"""What every experiment shares: where its files lie, and how they come from one run."""
