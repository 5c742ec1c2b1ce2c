"""Gradient descent for many small networks at once.

Members of one shape stand in one stack: parameters of shape [members, inputs, outputs], batches of
shape [members, rows, features]. One member is a stack of one.

Two libraries hold the arrays. On a CPU it is numpy, with forward and backward pass written out:
networks this small spend their time between the matrix products, and there numpy is the quickest,
also to import. PyTorch serves a GPU, by the same code, and differentiates whatever is not written
out. `bench/speed.md` has the measurements.
"""
