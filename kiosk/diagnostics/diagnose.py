"""Runs every probe at once, each on a thread with its own deadline: one dead hides nothing."""

import time
from datetime import datetime
from threading import Thread

from devices.assembly import Machine
from kiosk.diagnostics.probes import (
    Probe,
    camera_probe,
    device_probes,
    open_devices,
    open_pictures,
    server_probe,
    storage_probe,
)
from kiosk.diagnostics.report import Finding, Report, State
from kiosk.settings import Settings

PROBE_WITHIN_S = 10.0
"""Longer than any probe's own deadline; only one that hangs in the system meets it."""


def diagnose(settings: Settings) -> Report:
    """Probe each device, the server and the storage. Never raises for what it finds."""
    machine, camera = open_devices(settings), open_pictures(settings)
    try:
        probes = [
            *device_probes(settings, machine),
            camera_probe(settings, camera),
            server_probe(settings),
            storage_probe(settings),
        ]
        findings = run_probes(probes)
    finally:
        camera.close()
        if isinstance(machine, Machine):
            machine.close()
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    return Report(settings.kiosk.number, at, findings)


def run_probes(probes: list[Probe], within_s: float = PROBE_WITHIN_S) -> tuple[Finding, ...]:
    """Run all probes side by side and return their findings in the given order."""
    findings: dict[str, Finding] = {}
    threads = [
        Thread(target=_run, args=(probe, findings), name=f"probe {probe.name}", daemon=True)
        for probe in probes
    ]
    deadline = time.monotonic() + within_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return tuple(findings.get(probe.name) or _silent(probe, within_s) for probe in probes)


def _run(probe: Probe, findings: dict[str, Finding]) -> None:
    began = time.monotonic()
    try:
        state, detail = probe.run()
    except Exception as error:
        # A probe that breaks is a finding about its own device and about no other.
        state, detail = State.FAULTED, f"{type(error).__name__}: {error}"
    took_ms = round((time.monotonic() - began) * 1000)
    findings[probe.name] = Finding(probe.name, state, probe.where, detail, took_ms)


def _silent(probe: Probe, within_s: float) -> Finding:
    detail = f"no result within {within_s:g} s"
    return Finding(probe.name, State.DISCONNECTED, probe.where, detail, round(within_s * 1000))
