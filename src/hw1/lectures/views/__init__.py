"""Predict tomorrow's views of a channel: the course's first example of learning from data."""
