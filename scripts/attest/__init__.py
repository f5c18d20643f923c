"""Executed documentation for MkDocs: a snippet runs once; what it made is its record.

The stages, in the order in which data passes through them; a module imports only from
modules above it:

==============  ===========================================================================
errors          one exception class for each class of failure
project         where things are, and the limits under which snippets run
snippet         parse:       ``snippets/**/*.py``  ->  Snippet (cells, checks, title)
scan            scan:        ``docs/**/*.md``      ->  which page embeds what, at which line
record          what a run made: outputs, figures, values, checks; a notebook on disk
fingerprint     what a record depends on, in named parts
store           records on disk, keyed by fingerprint, written atomically
child, backend  the process that runs one snippet, and its matplotlib backend
server          forks or starts children, one for each snippet, and ends those that stray
run             the executor in front of the server; one outcome for each snippet
catalog         the words of snippets and figures in the reader's language (gettext)
localise        a figure in one language, for both palettes
formulas        TeX in a page -> SVG and MathML
embed           records -> HTML, through pymdownx's extension points
downloads       the reader's copy of a snippet: ``.py`` and ``.ipynb``
pipeline        all of it together: what is stale runs, problems are collected
site            two languages with MkDocs, strict, swapped in at the end
hook            MkDocs' side of it: nothing else imports MkDocs
__main__        the command line
==============  ===========================================================================
"""
