"""A model flow for the fault runs of the stream: an application of Django's that the shipped worker loads."""
