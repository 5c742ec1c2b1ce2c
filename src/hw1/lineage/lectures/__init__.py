"""What produced a result of a lecture's experiment, without any tracker."""
