"""The command line: every command asks the HTTP API of a running server or a private one; `copy` alone opens databases.

main -> commands/ -> connect, options, graph_names, tables, formats -> terminal -> wording
"""
