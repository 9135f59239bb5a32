"""The commands of the laboratory: each measures and prints a report, for people or as JSON."""
