"""Files that nobody would make, given to every command: `make fuzz`, or `python -m tests.fuzz --help`.

`material` makes small files of every kind that isolex reads, and the commands that read them; `mutations`
damages them; `trial` runs one command on one damaged file and says what is wrong with what it did.
"""
