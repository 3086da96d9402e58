"""What Stepdown does: use cases on a store and pure rules, with a web and a command-line face."""
