"""A class, read as a formula.

`trace` runs an optimizer on symbols; `cards` are the formulas of the chapters, and `proof` compares the two;
`javascript` prints what was traced, and expressions, for the browser; `expressions` are formulas given as text;
`source` shows a class as it is written.

Imports `optimizers`, and nothing else of `lab`.
"""
