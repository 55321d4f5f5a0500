"""JSON from outside, with bounds: no NaN, infinity or NUL, no endless numbers or nesting."""

import json
import math
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException
from ninja.errors import HttpError
from ninja.parser import Parser

LARGEST_INTEGER = 2**53


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is out of range")
    return value


def _bounded(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > LARGEST_INTEGER:
        raise ValueError("an integer is out of range")
    return int(text)


def _holds_nul(content: object) -> bool:
    """Look into every name and value; without recursion, for the nesting comes from outside."""
    left = [content]
    while left:
        value = left.pop()
        if isinstance(value, str) and "\x00" in value:
            return True
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += [*value, *value.values()]
    return False


class BoundedParser(Parser):
    """The API's parser of bodies."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body's object. Raises HttpError 400 or 413."""
        try:
            body = request.body
        except RequestDataTooBig as error:
            raise HttpError(413, "the body is too large") from error
        except RawPostDataException as error:
            raise HttpError(400, "the body did not arrive") from error
        try:
            content = json.loads(
                body,
                parse_constant=_refuse_constant,
                parse_float=_finite,
                parse_int=_bounded,
            )
        except (ValueError, RecursionError) as error:
            raise HttpError(400, "the body is not valid JSON") from error
        if b"\\u0000" in body and _holds_nul(content):
            raise HttpError(400, "a text holds the character NUL")
        if not isinstance(content, dict):
            raise HttpError(400, "the body is not a JSON object")
        return cast(dict[str, Any], content)
