"""Write every story's statements again: read what changed before you keep it."""

from moothall.deals.tests.golden import STATEMENTS, as_line, retold, stories

for folder in stories():
    lines = [as_line(statement.stored()) for statement in retold(folder)]
    (folder / STATEMENTS).write_text("".join(lines))
