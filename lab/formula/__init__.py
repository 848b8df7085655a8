"""A class, read as a formula.

`trace` runs an optimizer on symbols; `cards` reads the formulas of the chapters, and `proof` compares the two;
`javascript` prints what was traced, and expressions, for the browser and for NumPy; `expressions` are formulas given
as text; `source` shows a class as it is written, and `worked` its first steps with their numbers; `table` is what a
cell shows.

Imports `optimizers`, and nothing of `lab`.
"""
