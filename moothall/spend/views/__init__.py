"""The pages of the spend room."""
