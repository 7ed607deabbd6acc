"""Files of words and tables made into pages that can be read, printed and searched, in a limited child process.

Nothing of a file's own layout is followed and nothing that it points to is fetched: its words go into pages of ours.
"""
