"""Executed documentation for MkDocs: a snippet runs once; what it made is its record.

The stages, in the order in which data passes through them. A module imports only from modules
above it (a test holds it to that), and only the hook imports MkDocs:

===============  ==========================================================================
errors           one exception class for each class of failure
project          where things are, and the limits under which snippets run
machine          the machine on which snippets run, and its devices
snippet          parse: ``snippets/**/*.py`` -> Snippet (cells, checks, title)
scan             scan: ``docs/**/*.md`` -> which page embeds what, at which line
twins            the two languages of a page have the same headings and embeds
ledger           the claims of the note, one data file for both languages
glossary         the terms of a language: jieba's dictionary, hints at their first use
backend          the matplotlib backend of a snippet's process
child            the process that runs one snippet
fingerprint      what a record depends on, in named parts; why it is stale
record           what a run made, as a frozen value, and as a notebook on disk
answers          what exercises ask, judged by the values of records
store            records on disk, keyed by fingerprint, written atomically
server           starts children, by fork or fresh, and ends those that stray
run              the executor in front of the server; one outcome for each snippet
outline          the points of a drawing in few letters
localise         a figure in one language, for both palettes
catalog          the words of snippets and figures in the reader's language (gettext)
play             figures to play with: what a snippet tells of itself, and the words
pipeline         what one build knows (Library), and running what is stale
terminal         what a person at a terminal sees of a run
background       running what is stale beside a server
reader           the reader's copy of a snippet: code in a language, ``.py``, ``.ipynb``
formulas         TeX in a page -> SVG and MathML
plotted          a figure's SVG -> what it plots: axes, series and words as data
tabled           what a figure plots as rows of words and numbers
items            what of a record can change by itself
distance         how far apart two items are
classes          how far an item may move before that is a change
baseline         the accepted records, small and diffable in git
compare          the accepted record and the present one -> Drift, item by item
devices          what an accelerator made: the record that a page shows, and whether it agrees
provenance       on what this build rests: commit, versions, machine, every run
embed            records -> HTML, through pymdownx's extension points
publish          the files beside the pages: figures, ``.py``, ``.ipynb``
labs             the snippets of a chapter as one notebook: its page, its zip
plain            every page as Markdown with all outputs, and llms.txt
site             two languages beside each other: counterparts, sitemaps, the root
downloads        running what readers take home, as they would
hook             MkDocs' side of it
offline          the built site as one zip, read from the file system without a server
zensical         the same pages by Zensical: its configuration, what hooks do, the root
report           drift as one page, and as a summary for a pull request
drift            accepting the present records; running everything against the accepted ones
bisect           which dependency made a snippet change
audit            a forked run equals a fresh one
bench            builds against their lower bound
checkers         Node and the checkers that run on it
lighthouse       how fast and light the site is on a phone
lock             pinning dependencies
__main__         the command line
===============  ==========================================================================
"""
