"""Typed, strict parameters: one module a section of params.yaml."""
