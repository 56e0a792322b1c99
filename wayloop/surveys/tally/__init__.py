"""Results of surveys, counted from sets of responses: one set for each answer, place, channel and so on.

A filter is an intersection of sets and a number its size, so any combination of filters costs the same, and every
number opens exactly the responses it counts.
"""
