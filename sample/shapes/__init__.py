"""The cut of each kind of product: functions from a generator of random numbers and a look to a sketch."""
