"""The experiment in the reader's hands.

`lab` is the widget and its twin on a static page; what it shows is one of the `views`. `settings` are what sliders may
set, `runs` the optimizers and `formulas` the text that a chapter gives; `figures` draws the static pictures; `timeout`
bounds the time of a reader's own code; `assets` puts together the script of `web/`, in which each view has its twin.

Imports `optimizers`, `formula` and `ground`.
"""
