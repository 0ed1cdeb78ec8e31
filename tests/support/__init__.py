"""What tests and measurements stand on: graphs, files, models, databases and servers. bench/ imports it, never the reverse."""
