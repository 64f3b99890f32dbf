"""Every kind of term: one module each, found by being here."""
