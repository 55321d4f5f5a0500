"""One member of staff at the console, over plain HTTP as a browser without scripts would do it.

It signs in with the form's CSRF token, keeps cookies, waits on the live stream, follows links and
submits the forms that the pages offer. What a page does not offer cannot be done here either.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

import pyotp
import requests

from demo.page import Page, read_page

TIMEOUT_S = 15.0
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
"""How a line shows that the server is away or restarting."""


class StaffRefused(Exception):
    """The console did not do what was asked; the text is what it told the person."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a person sees of the evidence: the sentence why, and portraits by name as bytes."""

    sentence: str
    portraits: dict[str, bytes]


class StaffBrowser:
    """A browser session at the console. One person, one instance."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "hall-desk"
        self._authenticator: pyotp.TOTP | None = None

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def sign_in(self, user: str, password: str, totp_secret: str = "") -> None:
        """Sign in; the secret is what the person's authenticator app holds.

        Raises StaffRefused when the console does not let this person in.
        """
        self._authenticator = pyotp.TOTP(totp_secret) if totp_secret else None
        form = self._get("/login").form("", username="")
        data = form.filled(username=user, password=password)
        answer = self._send("/login", data, "/login")
        if answer.url.startswith(f"{self._base}/login"):
            raise StaffRefused(f"{user} was not signed in (status {answer.status_code})")

    def wait_for_case(self, timeout_s: float) -> str:
        """Return the id of the first unclaimed case, as soon as the live queue shows one.

        Raises TimeoutError.
        """
        deadline = time.monotonic() + timeout_s
        for _ in self._changes(deadline):
            unclaimed = read_page(self._text_or_nothing("/")).unclaimed
            if unclaimed:
                return unclaimed[0]
        raise TimeoutError(f"no unclaimed case within {timeout_s:g} s")

    def wait_for_request(self, case: str, timeout_s: float) -> None:
        """Wait until this person is asked for a word on the case. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        for _ in self._changes(deadline):
            if f"/cases/{case}?look=1" in self._text_or_nothing("/approvals"):
                return
        raise TimeoutError(f"not asked about case {case} within {timeout_s:g} s")

    def claim(self, case: str) -> None:
        """Claim a case. Raises StaffRefused when somebody was faster."""
        path = f"/cases/{case}"
        self._submit(path, f"{path}/claim")

    def look(self, case: str) -> Look:
        """Open the evidence and fetch every portrait that the page shows."""
        page = self._evidence_page(case)
        portraits: dict[str, bytes] = {}
        for which, source in page.portraits.items():
            answer = self._session.get(urljoin(self._base + "/", source), timeout=TIMEOUT_S)
            answer.raise_for_status()
            portraits[which] = answer.content
        return Look(page.sentence, portraits)

    def decide(self, case: str, kind: str, **fields: object) -> None:
        """Submit the decision's form: phrase, words, note, offer_code, seen_in_person, ..."""
        path = f"/cases/{case}"
        self._submit(path, f"{path}/decide", {"kind": kind}, **fields)

    def link_record(self, case: str, words: str) -> None:
        """Find one person on record by name or number and decide that the card is theirs.

        Raises StaffRefused unless the search finds exactly one.
        """
        page = f"/cases/{case}?{urlencode({'find': words})}"
        try:
            found = self._get(page).form("/decide", kind="record_linked").choices["resident_id"]
        except LookupError:
            found = []
        if len(found) != 1:
            raise StaffRefused(f"{len(found)} people on record are found by {words}")
        action = f"/cases/{case}/decide"
        self._submit(page, action, {"kind": "record_linked"}, resident_id=found[0])

    def approve(self, case: str) -> None:
        """Look at the evidence and approve what was proposed."""
        self._answer(case, "approve")

    def decline(self, case: str) -> None:
        """Look at the evidence and decline what was proposed."""
        self._answer(case, "decline")

    def undo(self, case: str) -> None:
        """Take the decision back."""
        path = f"/cases/{case}"
        self._submit(path, f"{path}/undo")

    def issue_at_counter(self, case: str, **fields: object) -> None:
        """Record at the counter's form that the endorsement was printed there."""
        path = f"/counter/{case}"
        self._submit(path, f"{path}/issue", **fields)

    def _answer(self, case: str, word: str) -> None:
        path = f"/cases/{case}"
        self.look(case)
        self._submit(f"{path}?look=1", f"{path}/answer", word=word)

    def _evidence_page(self, case: str) -> Page:
        page = self._get(f"/cases/{case}")
        if not page.sentence:
            page = self._get(f"/cases/{case}?look=1")
        if not page.sentence:
            raise StaffRefused(f"the evidence of case {case} is not open to this person")
        return page

    def _submit(
        self, page: str, action: str, fixed: dict[str, str] | None = None, /, **fields: object
    ) -> None:
        try:
            form = self._get(page).form(action, **(fixed or {}))
        except LookupError as error:
            raise StaffRefused(str(error)) from error
        if "code" in form.fields and self._authenticator is not None:
            fields = {"code": self._authenticator.now(), **fields}
        answer = self._send(action, form.filled(**fields), page)
        answer.raise_for_status()
        warnings = read_page(answer.text).warnings
        if warnings:
            raise StaffRefused(" ".join(warnings))

    def _changes(self, deadline: float) -> Iterator[None]:
        """Yield at once and after every change that the live stream tells, until the deadline.

        A stream that breaks, because the server restarts, is opened again.
        """
        while (left := deadline - time.monotonic()) > 0:
            try:
                yield from self._stream(deadline, left)
            except BROKEN:
                time.sleep(min(0.2, max(0.0, deadline - time.monotonic())))

    def _stream(self, deadline: float, read_timeout_s: float) -> Iterator[None]:
        with self._session.get(
            f"{self._base}/live/stream", stream=True, timeout=(5.0, read_timeout_s)
        ) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines(chunk_size=1):
                if line == b"event: change":
                    yield None
                if time.monotonic() >= deadline:
                    return

    def _get(self, path: str) -> Page:
        return read_page(self._text(path))

    def _text(self, path: str) -> str:
        answer = self._session.get(self._base + path, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.text

    def _text_or_nothing(self, path: str) -> str:
        """Return a page; nothing while the server is away, because the stream tells again."""
        try:
            return self._text(path)
        except BROKEN:
            return ""

    def _send(self, path: str, data: dict[str, str], page: str) -> requests.Response:
        headers = {"Referer": self._base + page, "Origin": self._base}
        return self._session.post(self._base + path, data=data, headers=headers, timeout=TIMEOUT_S)
