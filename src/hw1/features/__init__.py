"""Features: candidate columns, their selection, and the fitted map that predicts with them."""
