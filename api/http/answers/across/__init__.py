"""Bodies of what is asked across all graphs."""
