"""A prompt's whole, unpruned attribution: in memory, as a file, and the folder or bucket that keeps the files.

file -> trace        folder: files by their traces' ids
"""
