"""A second opinion: what other programs read in a .bib file, beside what bibkit reads there.

`run` asks; `witnesses` is the table of who can be asked; `compare` says what differs; `shown` puts it into words.
"""
