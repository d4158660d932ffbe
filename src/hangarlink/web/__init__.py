"""The pages: server-rendered, one folder per room of the house. How to add one: docs/contributor/pages.md."""
