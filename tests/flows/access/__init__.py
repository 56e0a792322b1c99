"""The access matrix: who gets which answer at every address. `matrix.txt` is the table that is kept."""
