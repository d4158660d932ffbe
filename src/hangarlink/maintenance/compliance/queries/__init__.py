"""What pages, API and the board read of compliance. Every function is a fixed, small number of statements."""
