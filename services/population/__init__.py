"""The invented clients of a demo: who they are, what happens to them, and what their clinic does about it.

Pure and seeded: the same seed on the same day gives the same people and the same days. Every draw is keyed by what it
is about, so that no draw depends on another's order. All persons are invented.
"""
