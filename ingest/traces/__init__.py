"""The whole, unpruned attribution of a prompt: in memory, as a file, and the folder or bucket that keeps the files.

file -> trace        folder: files by trace id
"""
