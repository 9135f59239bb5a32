"""Naive definitions in NumPy float64, written from the papers' formulas and nothing else.

They are slow and short on purpose: who doubts a test should be able to check its oracle against the paper.
"""
