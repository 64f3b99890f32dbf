"""Published deals, written as deal files, settled again and held to what was printed."""
