"""Reads of the spend room, shaped for a page, a command or the API."""
