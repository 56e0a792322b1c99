"""A model flow for the fault runs of the stream: an application of Django's that the shipped worker loads."""

LISTENERS = ("model.first", "model.second", "model.echo")
TABLES = """
CREATE TABLE model_effect (listener text, number bigint, epoch int);
CREATE TABLE model_cured (at timestamptz);
"""
