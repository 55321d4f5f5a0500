"""Reading a slot's ``model.toml``, strictly.

A missing or altered file, a wrong shape, a missing threshold or a forbidden licence is one line
that names the file and the fault. Packages are only searched for files here, never imported.
"""

import hashlib
import importlib.util
import json
import math
import re
import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from kiosk.portrait.slot_table import Table
from kiosk.portrait.slots import (
    ALIGNMENTS,
    COLOUR_ORDERS,
    LANDMARKS,
    LAYOUTS,
    METRICS,
    PROCEDURES,
    RUNTIMES,
    Band,
    DetectorSettings,
    FusionMember,
    KnownPair,
    LastMap,
    Length,
    ModelFile,
    ModelInput,
    ModelSlot,
    SlotError,
    Threshold,
)

_SIDES_PX = (16, 1024)  # of what a recogniser is fed
_MAP_ROWS = (2, 256)
_LONG_SIDES_PX = (160, 4096)  # of what the detector is fed


def find_package_file(package: str, relative: str) -> Path | None:
    """Return the path of a file inside an installed package without importing the package."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    for folder in spec.submodule_search_locations:
        candidate = Path(folder) / relative
        if candidate.is_file():
            return candidate
    return None


def file_sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_file(source: Path, table: Table) -> ModelFile:
    key = table.text("key")
    package = table.take("package", str, "")
    relative = table.text("path")
    expected = table.take("sha256", str)
    table.done()
    if not re.fullmatch(r"[0-9a-f]{64}", expected):
        raise table.fail("sha256", "must be 64 lower-case hex digits")
    path: Path | None
    if package:
        path = find_package_file(package, relative)
        if path is None:
            raise SlotError(
                f"{source}: model file {relative} of package {package} is not installed"
            )
    else:
        path = source.parent / relative  # an absolute path stays as it is
        if not path.is_file():
            raise SlotError(f"{source}: model file {path} is missing")
    found = file_sha256(path)
    if found != expected:
        raise SlotError(f"{source}: {path} has sha256 {found}, expected {expected}")
    return ModelFile(key, path, expected)


def _check_files(root: Table, files: Sequence[ModelFile]) -> None:
    keys = [file.key for file in files]
    for key in (key for key in keys if keys.count(key) > 1):
        raise root.fail("file", f"key {key!r} is there twice")


def _read_input(table: Table) -> ModelInput:
    mean = table.take("mean", list)
    if len(mean) != 3 or not all(
        type(value) in (int, float) and math.isfinite(value) for value in mean
    ):
        raise table.fail("mean", "must be three numbers")
    landmarks = table.take("landmarks", list, ["whole"])
    if not landmarks or any(name not in LANDMARKS for name in landmarks):
        raise table.fail("landmarks", f"must be some of {', '.join(LANDMARKS)}")
    read = ModelInput(
        name=table.text("name"),
        width=table.within("width", *_SIDES_PX),
        height=table.within("height", *_SIDES_PX),
        layout=table.choice("layout", LAYOUTS),
        colour_order=table.choice("colour_order", COLOUR_ORDERS),
        mean=(float(mean[0]), float(mean[1]), float(mean[2])),
        scale=table.positive("scale", float),
        alignment=table.choice("alignment", ALIGNMENTS),
        landmarks=tuple(landmarks),
        looks_in_turn=table.take("looks_in_turn", bool, False),
    )
    table.done()
    return read


def _read_centre(table: Table, size: int, metric: str) -> tuple[float, ...]:
    values = table.take("centre", list, [])
    if not values:
        return ()
    if metric != "cosine":
        raise table.fail("centre", "is for metric cosine only; distances do not change by it")
    if len(values) != size or not all(
        type(value) is float and math.isfinite(value) for value in values
    ):
        raise table.fail("centre", f"must be {size} numbers with a point, as output.size says")
    return tuple(values)


def _read_rate(table: Table) -> float:
    rate: float = table.positive("fmr", float)
    if rate >= 1:
        raise table.fail("fmr", f"must be a share below 1 (0.001 is 0.1 %), is {rate!r}")
    return rate


def _read_whole_length(table: Table, metric: str) -> Length | None:
    length_table = table.table("length")
    if length_table is None:
        return None
    if metric != "cosine":
        raise length_table.fail("weight", "is for metric cosine only")
    return _read_length(length_table)


def _read_length(table: Table) -> Length:
    read = Length(
        mean=table.take("mean", float),
        deviation=table.positive("deviation", float),
        weight=table.positive("weight", float),
    )
    table.done()
    return read


def _read_bands(table: Table, metric: str) -> tuple[LastMap | None, tuple[Band, ...]]:
    map_table, band_tables = table.table("map"), table.tables("band")
    if map_table is None and not band_tables:
        return None, ()
    if metric != "cosine":
        raise table.fail("band", "is for metric cosine only")
    if map_table is None:
        raise table.fail("map", "missing, where there is a [[output.band]]")
    if not band_tables:
        raise table.fail("band", "missing, where there is an [output.map]")
    last_map = LastMap(map_table.text("name"), map_table.within("rows", *_MAP_ROWS))
    map_table.done()
    return last_map, tuple(_read_band(part, last_map) for part in band_tables)


def _read_band(table: Table, last_map: LastMap) -> Band:
    rows = table.take("rows", list)
    whole = len(rows) == 2 and all(type(row) is int for row in rows)
    if not whole or not 0 <= rows[0] < rows[1] <= last_map.rows:
        raise table.fail("rows", f"must be two whole numbers, 0 to {last_map.rows}, in order")
    return Band((rows[0], rows[1]), _read_length(table))


def _read_threshold(table: Table) -> Threshold:
    read = Threshold(
        of=table.choice("of", PROCEDURES, "picture"),
        fmr=_read_rate(table),
        value=table.take("value", float),
        data_set=table.text("data_set"),
        date=table.text("date"),
        genuine_pairs=table.positive("genuine_pairs", int),
        impostor_pairs=table.positive("impostor_pairs", int),
    )
    table.done()
    return read


def _check_thresholds(root: Table, thresholds: Sequence[Threshold], metric: str) -> None:
    """Refuse two thresholds of one rate, and a lower rate at a threshold that lets in more."""
    sign = -1.0 if metric == "euclidean" else 1.0
    for of in PROCEDURES:
        kind = sorted((t for t in thresholds if t.of == of), key=lambda t: t.fmr)
        for rarer, oftener in pairwise(kind):
            if math.isclose(rarer.fmr, oftener.fmr, rel_tol=1e-6):
                raise root.fail("threshold", f"of {of} at FMR {rarer.fmr:g} is there twice")
            if sign * rarer.value < sign * oftener.value:
                raise root.fail(
                    "threshold",
                    f"of {of} at FMR {rarer.fmr:g} ({rarer.value:g}) lets in more than that at "
                    f"FMR {oftener.fmr:g} ({oftener.value:g}) where output.metric is {metric}",
                )


def _read_known_pair(table: Table) -> KnownPair:
    read = KnownPair(
        one=table.take("one", str),
        other=table.take("other", str),
        value=table.take("value", float),
        tolerance=table.positive("tolerance", float),
    )
    table.done()
    return read


def _read_member(table: Table) -> FusionMember:
    read = FusionMember(
        name=table.take("name", str),
        impostor_mean=table.take("impostor_mean", float),
        impostor_deviation=table.positive("impostor_deviation", float),
        weight=table.positive("weight", float),
    )
    table.done()
    return read


def _read_detector(table: Table) -> DetectorSettings:
    read = DetectorSettings(
        long_side_px=table.within("long_side_px", *_LONG_SIDES_PX),
        score_threshold=table.share("score_threshold"),
        overlap_threshold=table.share("overlap_threshold"),
    )
    table.done()
    return read


def slot_file(folder: Path, name: str) -> Path:
    """Return where the slot ``name`` is described; SlotError when that is a path and no name."""
    if name in ("", ".", "..") or Path(name).name != name:
        raise SlotError(f"{name!r} is no slot's name: a slot is called as its folder in {folder}")
    return folder / name / "model.toml"


def load_slot(source: Path, *, commercial: bool = True, measured: bool = True) -> ModelSlot:
    """Read and check one ``model.toml``; SlotError with one clear line when it cannot be used.

    With ``commercial`` a model whose licence excludes commercial use is refused, with
    ``measured`` a recogniser that has no threshold yet.
    """
    try:
        text = source.read_bytes()
    except OSError as error:
        raise SlotError(f"{source}: {error}") from error
    return read_slot(source, text, commercial=commercial, measured=measured)


def read_slot(
    source: Path, text: bytes, *, commercial: bool = True, measured: bool = True
) -> ModelSlot:
    """Check the ``text`` of a ``model.toml`` that lies, or is to lie, at ``source``."""
    try:
        values = tomllib.loads(text.decode())
    except ValueError as error:
        raise SlotError(f"{source}: {error}") from error
    root = Table(source, "", values)
    network = {key: values[key] for key in values if key not in ("threshold", "known_pair")}
    role = root.choice("role", ("detector", "recogniser"))
    runtime = root.choice("runtime", RUNTIMES)
    commercial_use = root.take("commercial_use", bool)
    if commercial and not commercial_use:
        raise root.fail("commercial_use", "this model may not be used commercially")
    files = tuple(_read_file(source, table) for table in root.tables("file"))
    input_table, detector_table = root.table("input"), root.table("detector")
    output_table = root.table("output") or Table(source, "output.", {})
    _check_files(root, files)
    thresholds = tuple(_read_threshold(table) for table in root.tables("threshold"))
    known_pairs = tuple(_read_known_pair(table) for table in root.tables("known_pair"))
    members = tuple(_read_member(table) for table in root.tables("member"))
    recogniser = role == "recogniser"
    needs_network = recogniser and runtime != "fusion"
    if recogniser and measured and not thresholds:
        raise root.fail("threshold", "a recogniser without a measured threshold decides nothing")
    if needs_network and input_table is None:
        raise root.fail("input", "missing")
    if role == "detector" and detector_table is None:
        raise root.fail("detector", "missing")
    metric = output_table.choice("metric", METRICS) if recogniser else ""
    if recogniser and (metric == "z_sum") != (runtime == "fusion"):
        raise output_table.fail("metric", "z_sum is a fusion's, and a fusion's only one")
    if known_pairs and not needs_network:
        raise root.fail("known_pair", "is for single networks; a fusion's members have their own")
    size = output_table.positive("size", int) if needs_network else 0
    name = root.text("name")
    if name != source.absolute().parent.name:
        folder = source.absolute().parent.name
        raise root.fail("name", f"must be the folder's, {folder!r}, is {name!r}")
    last_map, bands = _read_bands(output_table, metric) if needs_network else (None, ())
    slot = ModelSlot(
        name=name,
        role=role,
        runtime=runtime,
        licence=root.text("licence"),
        commercial_use=commercial_use,
        files=files,
        input=None if input_table is None else _read_input(input_table),
        output_size=size,
        metric=metric,
        mirror=output_table.take("mirror", bool) if needs_network else False,
        centre=_read_centre(output_table, size, metric) if needs_network else (),
        length=_read_whole_length(output_table, metric) if needs_network else None,
        last_map=last_map,
        bands=bands,
        thresholds=thresholds,
        known_pairs=known_pairs,
        members=members,
        detector=None if detector_table is None else _read_detector(detector_table),
        source=source,
        sha256=hashlib.sha256(text + "".join(f.sha256 for f in files).encode()).hexdigest(),
        network_sha256=hashlib.sha256(
            json.dumps(network, sort_keys=True, default=str).encode()
        ).hexdigest(),
    )
    output_table.done()
    root.done()
    _check_thresholds(root, thresholds, metric)
    return slot
