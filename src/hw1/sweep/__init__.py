"""Search: many variants tried in one go, the best of which become versioned experiments."""
