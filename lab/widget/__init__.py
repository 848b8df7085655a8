"""The experiment in the reader's hands.

`lab` is the widget and its twin on a static page; what it shows is a view, a module each: `descent`, `map`, `signal`,
`curve`, on the common ground of `view`. `settings` are what sliders may set, `runs` the optimizers and `formulas` the
text that a chapter gives; `figures` draws the static pictures; `limits` bounds the time of a reader's own code;
`assets` puts together the script of `web/`, in which each view has a class of the same name.

Imports `optimizers`, `formula` and `ground`.
"""
