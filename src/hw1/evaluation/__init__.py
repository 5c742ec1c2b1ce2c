"""How wrong predictions are: errors, their intervals and where they come from."""
