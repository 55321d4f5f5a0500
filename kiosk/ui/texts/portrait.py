"""Words of the portrait: title, what helps, one short hint at a time."""

from kiosk.session.facts import Texts
from kiosk.values import HeadMove, Hint

# What to do now is said on the mirror, and it may be to turn the head away.
TITLE = Texts("给您拍照", "為您拍照", "Taking your photo")
TAKE_OFF = Texts(
    "请摘下口罩、帽子和眼镜。",
    "請摘下口罩、帽子和眼鏡。",
    "Please take off mask, hat and glasses.",
)
OPENING = Texts(
    "摄像头正在打开，请稍候",
    "攝像頭正在打開，請稍候",
    "Camera starting, please wait",
)
AGAIN = Texts(
    "请站正、不动，脸对准白圈，会自动再拍。",
    "請站正、不動，臉對準白圈，會自動再拍。",
    "Stand still, your face inside the white oval. The next photo is taken by itself.",
)
COMPARE_TITLE = Texts("正在核对", "正在核對", "Checking")
COMPARE_LEAD = Texts(
    "拍好了，可以放松。只需几秒钟。",
    "拍好了，可以放鬆。只需幾秒鐘。",
    "The photo is taken, you can relax. A few seconds.",
)

HINTS = {
    Hint.TAKE_OFF: Texts("请摘下口罩和眼镜", "請摘下口罩和眼鏡", "Take off mask and glasses"),
    Hint.LOOK_AT_CAMERA: Texts("请看镜头", "請看鏡頭", "Look at the camera"),
    Hint.ONE_PERSON: Texts("请一个人拍照", "請一個人拍照", "One person only, please"),
    Hint.COME_CLOSER: Texts("请靠近一点", "請靠近一點", "Come a little closer"),
    Hint.STEP_BACK: Texts("请后退一点", "請後退一點", "Step back a little"),
    Hint.CENTRE_FACE: Texts("脸移到圈中间", "臉移到圈中間", "Move into the oval"),
    Hint.FACE_FORWARD: Texts("请正对镜头", "請正對鏡頭", "Face the camera"),
    Hint.HOLD_HEAD_STRAIGHT: Texts("头请摆正", "頭請擺正", "Hold your head straight"),
    Hint.CHIN_UP: Texts("下巴请抬高一点", "下巴請抬高一點", "Lift your chin a little"),
    Hint.CHIN_DOWN: Texts("下巴请放低一点", "下巴請放低一點", "Lower your chin a little"),
    Hint.MORE_LIGHT: Texts("光线太暗，请抬头", "光線太暗，請抬頭", "Too dark: lift your face"),
    Hint.LESS_LIGHT: Texts(
        "光线太强，请避开强光", "光線太強，請避開強光", "Too bright: step aside"
    ),
    Hint.EVEN_LIGHT: Texts("请避开侧面的光", "請避開側面的光", "Step out of the side light"),
    Hint.SHOW_EYES: Texts("请露出眼睛", "請露出眼睛", "Show your eyes"),
    Hint.UNCOVER_FACE: Texts("请摘下口罩", "請摘下口罩", "Take off your mask"),
    Hint.WAIT_A_MOMENT: Texts("后面有人，请稍等", "後面有人，請稍等", "Someone behind: wait"),
    Hint.HOLD_STILL: Texts("请保持不动", "請保持不動", "Hold still"),
    Hint.GOOD: Texts("很好，请保持", "很好，請保持", "Good, stay like this"),
}

MOVES = {
    HeadMove.TURN_LEFT: Texts("请把头转向左边", "請把頭轉向左邊", "Turn your head left"),
    HeadMove.TURN_RIGHT: Texts("请把头转向右边", "請把頭轉向右邊", "Turn your head right"),
    HeadMove.COME_CLOSER: Texts("请向前靠近", "請向前靠近", "Come closer"),
}

_LIGHT = Texts(
    "刚才光线不合适，不是您的问题。请抬头正对镜头，会自动再拍。",
    "剛才光線不合適，不是您的問題。請抬頭正對鏡頭，會自動再拍。",
    "The light was not right; it is not you. Lift your face; the next photo is taken by itself.",
)
_ASIDE = Texts(
    "刚才光线太强，不是您的问题。请避开强光，正对镜头，会自动再拍。",
    "剛才光線太強，不是您的問題。請避開強光，正對鏡頭，會自動再拍。",
    "The light was too strong; it is not you. Step out of it, facing the camera. "
    "The next photo is taken by itself.",
)
_KIOSK = Texts(
    "刚才机器没有拍清楚，不是您的问题。请站着不动，会自动再拍。",
    "剛才機器沒有拍清楚，不是您的問題。請站著不動，會自動再拍。",
    "The kiosk took no clear picture; it is not you. The next one is taken by itself.",
)
_ALONE = Texts(
    "请只留一个人在镜头前，会自动再拍。",
    "請只留一個人在鏡頭前，會自動再拍。",
    "Only you before the camera, please. The next photo is taken by itself.",
)
_BEHIND = Texts(
    "刚才身后有人走动，不是您的问题。请站着不动，会自动再拍。",
    "剛才身後有人走動，不是您的問題。請站著不動，會自動再拍。",
    "Someone was moving behind you; it is not you. The next photo is taken by itself.",
)
_PLACE = Texts(
    "请站到镜头正前方，脸对准白圈，会自动再拍。",
    "請站到鏡頭正前方，臉對準白圈，會自動再拍。",
    "Stand right before the camera, your face inside the oval. The next photo is taken by itself.",
)
_FORWARD = Texts(
    "请抬头，正对镜头，会自动再拍。",
    "請抬頭，正對鏡頭，會自動再拍。",
    "Head up, facing the camera, please. The next photo is taken by itself.",
)
_UNCOVER = Texts(
    "请摘下口罩、墨镜，头发不要遮脸，会自动再拍。",
    "請摘下口罩、墨鏡，頭髮不要遮臉，會自動再拍。",
    "Take off mask and dark glasses, hair away from the face. The next photo is taken by itself.",
)
_STILL = Texts(
    "请站稳，保持不动，会自动再拍。",
    "請站穩，保持不動，會自動再拍。",
    "Stand firm and keep still, please. The next photo is taken by itself.",
)

WHAT_TO_DO = {
    "dark": _LIGHT,
    "overexposed": _ASIDE,
    "blurred": _KIOSK,
    "dirty_lens": _KIOSK,
    "frozen": _KIOSK,
    "disturbed": _KIOSK,
    "no_frames": _KIOSK,
    "worker_lost": _KIOSK,
    "no_face": _PLACE,
    "several_faces": _ALONE,
    "face_changed": _ALONE,
    "too_far": _PLACE,
    "too_close": _PLACE,
    "off_centre": _PLACE,
    "turned": _FORWARD,
    "tilted": _FORWARD,
    "nodded": _FORWARD,
    "uneven_light": _ASIDE,
    "eyes_hidden": _UNCOVER,
    "background_moves": _BEHIND,
    "left": _PLACE,
    "covered": _UNCOVER,
    "moved": _STILL,
    "unsteady_score": _STILL,
}
"""What to do before the next capture, by the key of why the last one came to nothing."""
