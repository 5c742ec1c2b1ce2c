"""Homework 1 of Hung-yi Lee's machine-learning course as a reproducible pipeline."""
