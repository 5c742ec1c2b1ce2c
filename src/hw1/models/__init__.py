"""The nine models, all fitted through `hw1.models.fold.fit_fold`."""
