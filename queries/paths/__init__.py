"""Questions about a graph's paths, and their exact answers.

question -> selectors, space -> scores, states -> search | groups, sequences | flow -> answer
compare -> sequences -> sequence_search -> search, kernels
"""
