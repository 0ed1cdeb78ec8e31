"""What tests of jobs stand on: a server of Postgres."""
