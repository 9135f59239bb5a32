"""The laboratory: how isolex is measured. Run from the repository root: `python -m benchmarks NAME …`.

Measurements stand in modules of their own, `commands` has what prints them, `results` what was measured, and
`pages` fills the documentation with that. None of this is installed with isolex.
"""
