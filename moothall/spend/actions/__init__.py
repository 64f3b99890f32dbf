"""The deeds of the spend room."""
