"""Opening the fonts before anybody needs them.

A font in a new size takes several milliseconds to open, a page uses up to ten: opened while the
first page waits for a resident, one at each frame, they never hold up a page.
"""

from collections.abc import Iterator

from kivy.core.text import Label as CoreLabel

from kiosk.ui.measure import Face, text_width
from kiosk.ui.theme import Theme

_BESIDE = (32, 48, 50, 60, 66, 92)
_BESIDE_LANDSCAPE = (25, 34, 40, 55)
_LETTERS = "港a1"


def open_fonts(theme: Theme) -> Iterator[None]:
    """Open one font in one size at each step: first what the simplified pages use."""
    named = (theme.lead, theme.body, theme.option, theme.footer_text)
    beside = map(theme.px, _BESIDE_LANDSCAPE if theme.landscape else _BESIDE)
    bold = sorted({*named, theme.title, theme.large_title, theme.button, *beside})
    for face in (Face.SC_BOLD, Face.SC, Face.TC_BOLD, Face.TC):
        for size in bold if "Bold" in face.value else sorted({*named}):
            CoreLabel(text=_LETTERS, font_name=str(face.path), font_size=size).refresh()
            text_width(_LETTERS, face, size)
            yield
