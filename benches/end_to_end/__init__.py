"""mwparquet against other programs, from file to result: what `scripts/bench` is made of."""
