"""The outbox: facts written in the transaction that made them true, told to the world afterwards."""
