"""The demo's dock: buttons beside the screen for what hands do in the hall.

It knows neither cards nor devices: whoever builds the demo gives labels and functions. Each
function runs on a thread of its own, so that the screen never waits for it.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.button import Button
from kivy.uix.label import Label
from kivy.uix.scatter import Scatter
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.ui.measure import Face
from kiosk.ui.theme import BRAND_TINT, DARK, INK, rgba
from kiosk.ui.window import DOCK_WIDTH

log = logging.getLogger(__name__)

_ROW, _TEXT = 52, 20


def scaled(screen: Any, scale: float) -> Any:
    """Return the screen as large as the display allows; fingers find what they see."""
    if scale == 1.0:
        return screen
    width, height = screen.size
    frame = Widget(size=(width * scale, height * scale), size_hint=(None, None))
    lens = Scatter(
        size=screen.size,
        size_hint=(None, None),
        scale=scale,
        pos=(0, 0),
        do_rotation=False,
        do_scale=False,
        do_translation=False,
    )
    lens.add_widget(screen)
    frame.add_widget(lens)
    return frame


def beside(
    screen: Any, groups: Sequence[tuple[str, Sequence[tuple[str, Callable[[], None]]]]]
) -> Any:
    """Return a widget with the screen at the left and the dock at the right."""
    both = BoxLayout(orientation="horizontal")
    both.add_widget(screen)
    both.add_widget(_dock(groups))
    return both


def _dock(groups: Sequence[tuple[str, Sequence[tuple[str, Callable[[], None]]]]]) -> Any:
    column = BoxLayout(orientation="vertical", padding=16, spacing=8, size_hint_y=None)
    column.bind(minimum_height=column.setter("height"))
    for heading, buttons in groups:
        column.add_widget(_heading(heading))
        for label, action in buttons:
            column.add_widget(_button(label, action))
    dock = ScrollView(size_hint=(None, 1), width=DOCK_WIDTH, do_scroll_x=False)
    dock.canvas.before.add(Color(*rgba(DARK)))
    ground = Rectangle(pos=dock.pos, size=dock.size)
    dock.canvas.before.add(ground)

    def follow(widget: Any, _value: object) -> None:
        ground.pos, ground.size = widget.pos, widget.size

    dock.bind(pos=follow, size=follow)
    dock.add_widget(column)
    return dock


def _heading(text: str) -> Any:
    label = Label(
        text=text,
        font_name=str(Face.SC_BOLD.path),
        font_size=_TEXT,
        size_hint_y=None,
        height=_ROW,
        halign="left",
        valign="bottom",
    )
    label.bind(size=label.setter("text_size"))
    return label


def _button(text: str, action: Callable[[], None]) -> Any:
    button = Button(
        text=text,
        font_name=str(Face.SC.path),
        font_size=_TEXT,
        size_hint_y=None,
        height=_ROW,
        background_normal="",
        background_color=rgba(BRAND_TINT),
        color=rgba(INK),
    )
    button.bind(on_release=lambda _widget: _start(text, action))
    return button


def _start(text: str, action: Callable[[], None]) -> None:
    def run() -> None:
        try:
            action()
        except Exception:
            # The demo goes on: a dock button must never take the screen down with it.
            log.exception("dock: %s", text)

    threading.Thread(target=run, name=f"dock {text}", daemon=True).start()
