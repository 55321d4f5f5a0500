"""Words of the portrait: title, what helps, one short hint at a time."""

from kiosk.session.facts import Texts
from kiosk.values import Hint

TITLE = Texts("请看镜头", "請看鏡頭", "Look at the camera")
TAKE_OFF = Texts(
    "请摘下口罩、帽子和眼镜。",
    "請摘下口罩、帽子和眼鏡。",
    "Please take off mask, hat and glasses.",
)
AGAIN = Texts(
    "再拍一次：站正、不动，脸对准白圈。",
    "再拍一次：站正、不動，臉對準白圈。",
    "Once more: stand still, your face inside the white oval.",
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
    Hint.LESS_LIGHT: Texts("光线太强，请避开灯光", "光線太強，請避開燈光", "Too bright: turn away"),
    Hint.EVEN_LIGHT: Texts("请避开侧面的光", "請避開側面的光", "Turn from the side light"),
    Hint.SHOW_EYES: Texts("请露出眼睛", "請露出眼睛", "Show your eyes"),
    Hint.UNCOVER_FACE: Texts("请摘下口罩", "請摘下口罩", "Take off your mask"),
    Hint.WAIT_A_MOMENT: Texts("后面有人，请稍等", "後面有人，請稍等", "Someone behind: wait"),
    Hint.HOLD_STILL: Texts("请保持不动", "請保持不動", "Hold still"),
    Hint.GOOD: Texts("很好，请保持", "很好，請保持", "Good, stay like this"),
}
