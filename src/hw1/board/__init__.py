"""All variants of an edition side by side, the best first."""
