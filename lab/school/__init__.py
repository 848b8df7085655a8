"""A learner's optimizer beside the book's.

`check` is what a chapter calls; `trials` compares the two classes, `learner` calls the learner's with care, and
`mistakes` knows the usual ones.

Imports `optimizers`, `ground` and `widget.timeout`.
"""
