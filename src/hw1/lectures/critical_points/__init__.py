"""Where training stalls: gradients, curvature, and what kind of point it is.

At a critical point the gradient is 0 and the loss looks like a quadratic form, whose eigenvalues
are those of the Hessian: all positive, a minimum; of both signs, a saddle, which can be left along
an eigenvector of a negative one.
"""
