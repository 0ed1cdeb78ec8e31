"""What the report measures: one module for each question asked of the demo model."""
