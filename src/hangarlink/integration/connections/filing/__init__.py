"""The engine's side of the contract's FileStore: a folder of this server, or an SFTP server."""
