"""Run the pipeline twice in clean folders and compare every file that the stages write."""
