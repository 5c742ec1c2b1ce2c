"""Gradient descent for many small networks at once, in PyTorch.

Members of one shape stand in one stack: parameters of shape [members, inputs, outputs], batches of
shape [members, rows, features]. One member is a stack of one.
"""
