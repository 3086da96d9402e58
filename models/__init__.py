"""The words: frozen types, tables and the catalogue. Imports nothing of ours."""
