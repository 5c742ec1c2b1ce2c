"""Nine models and blends of them, all fitted through `hw1.models.fold.fit_fold`."""
