"""The readiness report: one line for each check, as text and as JSON. Pure."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from devices.status import DeviceStatus, Disconnected, Faulted, NearEnd, Ready


class State(StrEnum):
    """What a check found."""

    READY = "ready"
    NEAR_END = "near_end"
    FAULTED = "faulted"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result; ``where`` is the port, address or path that was probed."""

    name: str
    state: State
    where: str
    detail: str
    took_ms: int

    @property
    def ready(self) -> bool:
        """Say whether the kiosk can work with what was found."""
        return self.state in (State.READY, State.NEAR_END)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one diagnosis."""

    kiosk: str
    at: str
    findings: tuple[Finding, ...]

    @property
    def ready(self) -> bool:
        """Say whether everything is ready."""
        return all(finding.ready for finding in self.findings)

    def to_json(self) -> str:
        """Return the report for programs."""
        whole = {"ready": self.ready, **asdict(self)}
        for finding, row in zip(self.findings, whole["findings"], strict=True):
            row["ready"] = finding.ready
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def to_text(self) -> str:
        """Return the report for a technician."""
        name_width = max(len(finding.name) for finding in self.findings)
        state_width = max(len(state) for state in State)
        lines = [f"kiosk {self.kiosk}  {self.at}"]
        for one in self.findings:
            mark = "ok " if one.ready else "NOT"
            detail = " ".join(one.detail.split())
            row = (
                f"{mark} {one.name:<{name_width}}  {one.state:<{state_width}} {one.took_ms:>6} ms"
                f"  {one.where}"
            )
            lines.append(f"{row}  {detail}".rstrip())
        lines.append("all ready" if self.ready else "NOT ready")
        return "\n".join(lines)


def judge(status: DeviceStatus) -> tuple[State, str]:
    """Return a device's status as a check's result."""
    match status:
        case Ready(note=note):
            return State.READY, note
        case NearEnd(note=note):
            return State.NEAR_END, note
        case Faulted(trouble=trouble, detail=detail):
            return State.FAULTED, f"{trouble.value}: {detail}" if detail else trouble.value
        case Disconnected(detail=detail):
            return State.DISCONNECTED, detail
