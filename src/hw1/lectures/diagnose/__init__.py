"""What is wrong with a training: model bias, optimisation, overfitting, mismatch or nothing.

The decision tree of the course's lecture on what to do where a network fails to train: look at the
loss on training rows first, and only where it is small at the loss on held-out rows.
"""
