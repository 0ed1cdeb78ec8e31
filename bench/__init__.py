"""Side-by-side measurements: `make bench` prints them all, `python -m bench NAME` one."""
