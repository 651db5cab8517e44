"""What is reckoned, as pure functions on arrays: rows are series, columns are days, and NaN is a day that is not known."""
