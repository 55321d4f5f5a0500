"""Kivy screens: draw a visit, report touches."""
