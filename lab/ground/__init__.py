"""What is descended, and the descent.

`landscapes` are losses J(w), `signals` sequences of gradients, `noise` random numbers that are the same in the browser;
`descent` runs an optimizer on landscapes and signals.

Imports `optimizers`, and of `lab` only `formula.javascript`, to print its formulas for NumPy and for the browser.
"""
