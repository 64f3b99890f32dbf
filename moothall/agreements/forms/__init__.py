"""What someone fills in, in the agreements room: a module a subject."""
