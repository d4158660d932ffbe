"""Which partners an account is connected to, with which credentials, and how each of them is doing."""
