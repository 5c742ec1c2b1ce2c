"""One self-contained page a variant: what it scores, why, and how to bring it back."""
