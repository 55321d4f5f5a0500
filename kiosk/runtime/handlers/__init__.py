"""How effects are carried out: one module for each area of the machine.

Each offers a class that is built from the few interfaces it needs; ``handlers()`` names which
effect goes to which method.
"""
