"""The pages of the documentation that are made of measurements, a module for each kind of measurement.

Each module has `made()`: the text of the files that it makes, by path; none without the measurement.
"""
