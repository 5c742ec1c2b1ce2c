"""From raw CSV files to tidy tables, chains of windows, a split and an audit."""
