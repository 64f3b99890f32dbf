"""Which questions can be asked of payments? Each module builds Ibis expressions: tables in, table
out. The connection is opened in `core.lake`, never here, so that the same expressions run on DuckDB
in this process and on a Spark Connect server. Money stays DECIMAL; sums are DECIMAL(38,2); shares
are floats between 0 and 1, and null where the whole is nought.
"""
