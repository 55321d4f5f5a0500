"""What must be told of each damage, in two tables.

Limits were chosen on TUNING; TESTING has other people and other ways to be wrong. Whoever
looks at a wrong sentence of TESTING and changes a limit moves that line to TUNING and adds
another here.
"""

import cv2
import numpy as np

from kiosk.portrait.faces import Image
from kiosk.portrait.results import ReasonKey as Key
from tests.benchmarks import why_covers as covers
from tests.benchmarks import why_machine as machine
from tests.benchmarks.why_damages import (
    Damage,
    against_window,
    both_documents,
    both_of_another,
    broken_chip,
    broken_record,
    burnt_out,
    company,
    disagreeing,
    disagreeing_other_way,
    dotted_mask,
    faded,
    frozen,
    gain,
    gamma,
    gaussian,
    good_documents,
    grainy,
    grease,
    hand,
    impostor,
    jpeg,
    jpeg_2000,
    lit,
    lying,
    missing,
    no_face,
    nobody,
    nothing,
    of_a_newspaper,
    of_camera,
    of_capture,
    of_people,
    of_reference,
    photocopied,
    pillbox,
    poor,
    poor_chip,
    relieved,
    scarf_and_cap,
    shaken,
    slow_impostor,
    small,
    squeezed,
    streaks,
    striped_scarf,
    surgical_mask,
    telephone,
    tiny_chip,
    turned,
    under_foil,
    upside_down,
    whirled,
)
from tests.benchmarks.why_scene import Random, Scene
from tests.portrait.damage import BLACK, WHITE

LIGHT = (Key.DARK, Key.OVEREXPOSED, Key.UNEVEN_LIGHT)
"""Light that comes and goes, or from one side, is told as any of these."""
POOR = (Key.REFERENCE_POOR, Key.RECORD_UNUSABLE)
"""Whether a face is still found in a spoilt record decides which of the two is told."""
HIDDEN = (Key.COVERED, Key.EYES_HIDDEN, Key.NO_FACE)
"""Whether a face is still found behind what covers it, too."""
RANDOM = np.random.default_rng(0)


def flickering(live: Image, other: Image, random: Random) -> Scene:
    return Scene(live, camera=machine.flicker())


TUNING = (
    of_camera("lamp off", Key.DARK, change=gain(0.10, 0.2)),
    of_camera("lens covered", Key.DARK, change=gain(0.0, 0.0), still=True),
    of_camera("too much light", Key.OVEREXPOSED, change=gain(2.4, 3.0)),
    of_camera("out of focus (gaussian)", Key.BLURRED, change=gaussian(9)),
    of_camera("greasy lens", Key.DIRTY_LENS, change=grease, before=4),
    Damage("frozen", (Key.FROZEN,), frozen, good_documents),
    of_capture("turned one way", Key.TURNED, change=turned(-50, -38)),
    of_capture("turned, nose to the right", Key.TURNED, change=turned(38, 50)),
    of_capture("surgical mask", *HIDDEN, change=surgical_mask),
    of_capture("striped scarf", *HIDDEN, change=striped_scarf),
    of_capture("far away", Key.TOO_FAR, scale=0.3),
    of_capture("shaken sideways", Key.MOVED, change=shaken(23, 5)),
    of_capture("shaken aslant", Key.MOVED, change=shaken(23, 45)),
    of_capture("nodding", Key.MOVED, change=shaken(25, 90)),
    Damage("company", (Key.SEVERAL_FACES,), company, both_documents),
    of_reference(
        "record blurred",
        poor(lambda i: np.asarray(cv2.GaussianBlur(i, (0, 0), 5), np.uint8)),
        *POOR,
    ),
    of_reference("record of 22 px", poor(small(36)), *POOR),
    of_reference("record of another", disagreeing, Key.REFERENCES_DISAGREE),
    of_reference("record missing", missing, Key.RECORD_MISSING),
    Damage("impostor", (Key.LOW_SCORE,), impostor, both_documents),
    Damage("impostor, record only", (Key.LOW_SCORE,), impostor, good_documents),
    of_capture("hand before the face", *HIDDEN, change=hand),
    # light
    of_camera("dim and grainy", Key.DARK, change=machine.dim(0.3, 18)),
    of_camera("almost dark", Key.DARK, change=machine.dim(0.14, 10)),
    of_camera("shade before a window", Key.DARK, change=machine.silhouette(0.12)),
    of_camera("black before a window", Key.DARK, change=machine.silhouette(0.04)),
    of_camera("window beside", Key.DARK, change=machine.window_beside),
    Damage("lamp flickers", LIGHT, flickering, good_documents),
    of_camera("dark bands", Key.DARK, change=machine.dark_bands),
    of_camera("spot on the face", Key.OVEREXPOSED, change=machine.spot(4.0, 0.7)),
    of_camera("spot on half the face", *LIGHT, change=machine.about_face(machine.spot_on_half)),
    of_camera("lamp aside", *LIGHT, change=machine.lamp_aside(0.15)),
    of_camera("dim lamp aside", *LIGHT, change=machine.lamp_aside(0.2, 0.6)),
    # lens
    of_camera("out of focus (disc of 12)", Key.BLURRED, change=pillbox(12)),
    of_camera("far out of focus", Key.BLURRED, change=gaussian(22)),
    of_camera("camera shakes", Key.BLURRED, change=shaken(61, 120)),
    of_camera("fogged", Key.BLURRED, change=machine.fogged),
    of_camera("fogged for long", Key.DIRTY_LENS, change=machine.fogged, before=3),
    of_camera("haze", Key.BLURRED, change=machine.hazy(0.15, 110)),
    of_camera("smear where the face is", Key.DIRTY_LENS, change=machine.smeared, before=3),
    of_camera("finger on the lens", Key.BLURRED, Key.DARK, change=machine.finger_before),
    # sensor and line
    of_camera("noise", Key.DISTURBED, change=machine.noisy(70)),
    of_camera("much noise", Key.DISTURBED, change=machine.noisy(110)),
    of_camera("lost pixels", Key.DISTURBED, change=machine.speckled(0.25)),
    of_camera("green picture", Key.DISTURBED, change=machine.tinted_all(0.3, 1.4, 0.3)),
    of_camera("compressed to blocks", Key.DISTURBED, change=machine.compressed(1)),
    of_camera("few large pixels", Key.DISTURBED, change=machine.few_pixels(96, smooth=False)),
    of_camera("few soft pixels", Key.BLURRED, change=machine.few_pixels(64, smooth=True)),
    # place and pose
    of_capture("leaning a little", Key.TILTED, roll_deg=15.0),
    of_capture("leaning far", Key.TILTED, roll_deg=-32.0),
    of_capture("turned a little", Key.TURNED, change=turned(26, 34)),
    of_capture("turned a little the other way", Key.TURNED, change=turned(-34, -26)),
    Damage(
        "beside",
        (Key.OFF_CENTRE,),
        lambda o, _, r: Scene(o, camera=machine.beside(540, 0)),
        both_documents,
    ),
    of_capture("too near", Key.TOO_CLOSE, scale=2.6),
    of_capture("very far", Key.TOO_FAR, Key.NO_FACE, scale=0.2),
    of_capture("shaken hard", Key.MOVED, change=shaken(29, 120)),
    Damage("nobody there", (Key.NO_FACE, Key.LEFT), nobody, both_documents),
    # worn
    of_capture("white mask", *HIDDEN, change=covers.plain_mask(WHITE)),
    of_capture("black mask", *HIDDEN, change=covers.plain_mask(BLACK)),
    of_capture("pink mask", *HIDDEN, change=covers.plain_mask((190, 170, 240))),
    of_capture("mask of skin's colour", *HIDDEN, change=covers.before(covers.skin_mask)),
    of_capture("stiff mask with a valve", *HIDDEN, change=covers.before(covers.cup_mask)),
    of_capture("red scarf", *HIDDEN, change=covers.scarf((50, 40, 160))),
    of_capture("high black scarf", *HIDDEN, change=covers.scarf((30, 28, 28), 0.9, 0.2)),
    of_capture("beige scarf", *HIDDEN, change=covers.scarf((140, 170, 200), 0.7, 0.45)),
    of_capture("thin veil", *HIDDEN, change=covers.before(covers.thin_veil)),
    of_capture(
        "mirrored glasses", *HIDDEN, change=covers.glasses((200, 190, 170), 1.0, 0.45, 0.36, 50)
    ),
    of_capture("tinted glasses", *HIDDEN, change=covers.glasses((20, 40, 60), 0.75, 0.42, 0.34)),
    of_capture("large dark glasses", *HIDDEN, change=covers.glasses((25, 25, 30), 0.97, 0.5, 0.5)),
    of_capture("hair over the eyes", *HIDDEN, change=covers.hair(0.4, one_side=False)),
    of_capture("hair over one eye", *HIDDEN, change=covers.hair(1.2, one_side=True)),
    of_capture("cap over the eyes", *HIDDEN, change=covers.before(covers.low_cap)),
    of_capture("shadow of a cap", *HIDDEN, change=covers.before(covers.cap_shadow)),
    # held
    of_capture("hand at the mouth", *HIDDEN, change=covers.before(covers.hand_at_mouth)),
    of_capture("hand at one eye", *HIDDEN, change=covers.before(covers.hand_at_eye)),
    of_capture("hand at the eyes", *HIDDEN, change=covers.before(covers.hand_at_eyes)),
    of_capture("spread fingers", *HIDDEN, change=covers.before(covers.hand_spread)),
    of_capture("paper", *HIDDEN, change=covers.before(covers.paper)),
    of_capture("printed paper", *HIDDEN, change=covers.before(covers.printed_paper)),
    of_capture("cup", *HIDDEN, change=covers.before(covers.cup)),
    of_capture("telephone upright", *HIDDEN, change=covers.before(covers.telephone_upright)),
    of_capture("telephone at one eye", *HIDDEN, change=covers.before(covers.telephone_at_eye)),
    of_capture("card before the mouth", *HIDDEN, change=covers.before(covers.card)),
    # papers
    of_reference("record moved", poor(lambda i: shaken(21, 20)(i, RANDOM)), *POOR),
    of_reference("record dark", poor(lit(0.12)), *POOR),
    of_reference("record black", poor(lit(0.02)), *POOR),
    of_reference("record burnt out", poor(lit(2.6, 60)), *POOR),
    of_reference("record compressed", poor(jpeg(2)), *POOR),
    of_reference("record grainy", poor(grainy), *POOR),
    of_reference("record on its side", poor(lying), *POOR),
    of_reference("chip blurred", poor_chip, Key.REFERENCE_POOR, Key.CHIP_UNUSABLE),
    of_reference("record broken", broken_record, Key.RECORD_UNUSABLE),
    of_reference("chip broken", broken_chip, Key.CHIP_UNUSABLE),
    of_reference("no portraits", nothing, Key.NO_REFERENCE, Key.RECORD_MISSING),
    # person
    of_reference("papers of another", both_of_another, Key.LOW_SCORE),
    of_people("impostor in bright light", gain(1.1, 1.2)),
)

TESTING = (
    of_camera("underexposed", Key.DARK, change=gamma(4.0)),
    of_camera("sun in the lens", Key.OVEREXPOSED, change=burnt_out, still=True),
    of_camera("against a window", Key.DARK, change=against_window),
    of_camera("out of focus (disc)", Key.BLURRED, change=pillbox(15)),
    of_camera("streaks on the lens", Key.DIRTY_LENS, change=streaks, before=3),
    Damage("frozen", (Key.FROZEN,), frozen, both_documents),
    of_capture("turned the other way", Key.TURNED, change=squeezed),
    of_capture("scarf and cap", *HIDDEN, change=scarf_and_cap),
    of_capture("leaning", Key.TILTED, roll_deg=24.0),
    of_capture("shaken up and down", Key.MOVED, change=shaken(27, 80)),
    of_capture("leaning the other way", Key.TILTED, roll_deg=-19.0),
    of_capture("dotted mask", *HIDDEN, change=dotted_mask),
    of_capture("telephone before the mouth", *HIDDEN, change=telephone),
    of_capture("whirled about", Key.MOVED, change=whirled(9)),
    Damage("another steps in", (Key.FACE_CHANGED,), relieved, both_documents),
    of_reference("record at 4 % (JPEG 2000)", poor(jpeg_2000), *POOR),
    of_reference("record faded", poor(faded), *POOR),
    of_reference("record photocopied", poor(photocopied), *POOR),
    of_reference("chip of another", disagreeing_other_way, Key.REFERENCES_DISAGREE),
    of_reference("record without a face", no_face, Key.RECORD_UNUSABLE),
    Damage("impostor, less light", (Key.LOW_SCORE,), slow_impostor, both_documents),
    Damage("impostor", (Key.LOW_SCORE,), impostor, good_documents),
    # made after the limits were fixed
    of_camera("low sun", Key.DARK, change=machine.low_sun),
    of_camera("few photons", Key.DISTURBED, change=machine.few_photons),
    of_camera("blocks of video", Key.DISTURBED, change=machine.video_blocks),
    of_camera("camera twisted", Key.BLURRED, change=machine.twisted),
    of_camera("breath on the lens", Key.BLURRED, change=machine.breathed_on),
    of_capture("knitted scarf", *HIDDEN, change=covers.before(covers.knitted_scarf)),
    of_capture("fingers across", *HIDDEN, change=covers.before(covers.fingers_across)),
    of_capture("newspaper", *HIDDEN, change=covers.before(covers.newspaper)),
    of_capture("square glasses", *HIDDEN, change=covers.before(covers.square_glasses)),
    of_capture("sleeve", *HIDDEN, change=covers.before(covers.sleeve)),
    of_capture("bottle", *HIDDEN, change=covers.before(covers.bottle)),
    of_capture("leaning at 28 degrees", Key.TILTED, roll_deg=28.0),
    of_capture("hurries past", Key.MOVED, change=shaken(31, 0)),
    of_reference("record under foil", poor(under_foil), *POOR),
    of_reference("record upside down", poor(upside_down), *POOR),
    of_reference("record from a newspaper", poor(of_a_newspaper), *POOR),
    of_reference("chip tiny", tiny_chip, Key.REFERENCE_POOR, Key.CHIP_UNUSABLE),
    of_people("impostor in warm light", machine.tinted_all(0.85, 1.0, 1.1)),
)
