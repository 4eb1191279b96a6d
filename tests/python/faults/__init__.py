"""Faults on purpose: broken files, a failing system, ends at any moment.  `scripts/fault-campaign` runs all of
them, the tests a few of each.

A campaign is a function that is given a folder and how often to do it, and gives a `Tally`.
"""
