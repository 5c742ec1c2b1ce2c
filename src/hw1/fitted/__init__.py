"""Fitted models as plain arrays, which predict with numpy alone."""
