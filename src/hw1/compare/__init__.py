"""Two variants side by side: what differs, and whether one is really better."""
