"""What a reader or an officer fills in, in the spend room."""
