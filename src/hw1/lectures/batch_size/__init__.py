"""What the size of a batch changes: errors, noise of the gradient, sharpness of the minimum."""
