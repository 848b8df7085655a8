"""What the conclusions rest on.

`parity` compares with torch, optax and Keras as recorded in `peers/`; `race` tries all rules on a landscape; `network`
trains them on digits; `progress` is the bar for what takes long.

Imports `optimizers`, `ground` and `formula`.
"""
