"""`python -m isolex`, the same as the command `isolex`."""

from isolex.cli import main

if __name__ == "__main__":
    main()
