"""How dates are typed and shown in forms, by language."""
