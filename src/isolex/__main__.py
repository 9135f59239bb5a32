"""`python -m isolex`, the same as the command `isolex`."""

from isolex_command import main

if __name__ == "__main__":
    main()
