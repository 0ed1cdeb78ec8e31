"""A stand-in for Neuronpedia, served to tests on this machine."""
