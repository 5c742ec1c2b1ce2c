"""Three kinds of task on the same rows: a number, yes or no, and a whole day."""
