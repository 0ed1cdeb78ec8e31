"""What tests and measurements share: graphs, files, models, databases and servers. bench/ imports it, never back."""
