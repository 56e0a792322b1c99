"""Reads files: what they are, their columns, and the rows in the shape entities want. DuckDB and Arrow do the work.

What is read can be read again at any time. For each file of a mapping there is one Parquet file with its own columns
and a row number; for each table one with the mapped fields of the rows that can come in, whole groups together in the
order of their first row, and one with the numbers and reasons of the others.
"""
