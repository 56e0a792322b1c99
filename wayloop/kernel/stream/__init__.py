"""The stream: facts are announced in the caller's transaction and digested once each by every listener.

`facts` says what a fact is, `announce` writes it, `sources` reads positions and rows, `listeners` digests, `runner` is
the thread of the worker. No word of the domain.
"""
