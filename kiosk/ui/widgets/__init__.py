"""The pieces of a screen. Each writes marks into a Pen; none knows Kivy."""
