"""How long an update and an epoch take with batches of every size.

Apart from `batch_size`, because times differ from run to run and its files do not.
"""
