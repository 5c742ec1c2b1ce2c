"""What produced what: variants as DVC's and git's files tell of them, without any tracker."""
