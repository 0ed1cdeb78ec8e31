"""Training, from nothing to the bundled folders: the language model, its transcoders in two stages, their labels.

pipeline -> language_model, transcoder_training, end_to_end
"""
