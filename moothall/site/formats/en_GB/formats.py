"""How are dates written in a form, and which ways of writing one are read?"""

# The first is how a day already known stands in its field: a browser's own field for a day shows
# no other, and what it does not show it sends back as nothing.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y"]
