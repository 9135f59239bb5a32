"""The commands of the benchmarks: each measures something and prints a report, as text or as JSON."""
