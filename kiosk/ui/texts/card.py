"""Words while the card goes in, is read, comes out or stays."""

from kiosk.session.facts import CardProblem, Texts

ATTRACT_TITLE = Texts(
    "请插入\n往来港澳通行证",
    "請插入\n往來港澳通行證",
    "Insert your\nHK–Macao permit",
)
ATTRACT_LEAD = Texts(
    "有二维码的一面朝上。",
    "有二維碼的一面朝上。",
    "The side with the QR code faces up.",
)
ATTRACT_NOTE = Texts(
    "插卡后，先告诉您今天可以办理哪些签注、费用多少。",
    "插卡後，先告訴您今天可以辦理哪些簽注、費用多少。",
    "First you see which endorsements you can have today and what they cost.",
)
START = Texts("开始办理", "開始辦理", "Start")
CHIP_LEFT = Texts(
    "机器旁边放着一张证件。请先把它拿开，机器才能收卡。",
    "機器旁邊放著一張證件。請先把它拿開，機器才能收卡。",
    "A card lies close to the machine. Please take it away first.",
)

INSERT_TITLE = Texts("请把证件放进插口", "請把證件放進插口", "Put your permit into the slot")
INSERT_LEAD = Texts(
    "有二维码的一面朝上，轻轻推入，机器会自动吸进去。",
    "有二維碼的一面朝上，輕輕推入，機器會自動吸進去。",
    "QR code up. Push it gently; the machine draws it in.",
)

READ_TITLE = Texts("正在读取证件", "正在讀取證件", "Reading your card")
READ_LEAD = Texts("只需几秒钟，请稍候。", "只需幾秒鐘，請稍候。", "This takes a few seconds.")
ASK_TITLE = Texts(
    "正在查询可以办理的签注",
    "正在查詢可以辦理的簽注",
    "Looking up what you can have",
)

PROBLEMS = {
    CardProblem.NO_ANSWER: (
        Texts("没有读到证件", "沒有讀到證件", "The card gives no answer"),
        Texts(
            "请取回证件，翻一面再放：有二维码的一面朝上，不要放反。",
            "請取回證件，翻一面再放：有二維碼的一面朝上，不要放反。",
            "Take it back, turn it over and try again: the QR code faces up.",
        ),
    ),
    CardProblem.FOREIGN: (
        Texts(
            "这不是往来港澳通行证",
            "這不是往來港澳通行證",
            "This is another kind of card",
        ),
        Texts(
            "请取回，换成您的往来港澳通行证（卡式）再放。",
            "請取回，換成您的往來港澳通行證（卡式）再放。",
            "Please take it back and insert your Hong Kong–Macao permit (card).",
        ),
    ),
    CardProblem.SEVERAL_CHIPS: (
        Texts("同时读到了两张卡", "同時讀到了兩張卡", "Two cards answer at once"),
        Texts(
            "请只放通行证一张卡，把其他卡和手机拿远一点，再试一次。",
            "請只放通行證一張卡，把其他卡和手機拿遠一點，再試一次。",
            "Insert the permit alone. Keep other cards and your phone away, then try again.",
        ),
    ),
    CardProblem.UNREADABLE: (
        Texts(
            "这张证件暂时读不出来",
            "這張證件暫時讀不出來",
            "This card cannot be read now",
        ),
        Texts(
            "可以取回再放一次。还是读不出，请工作人员帮您办理。",
            "可以取回再放一次。還是讀不出，請工作人員幫您辦理。",
            "You can insert it once more. If that does not help, staff will.",
        ),
    ),
    CardProblem.CHIP_CHECK_FAILED: (
        Texts(
            "这张证件需要工作人员核对",
            "這張證件需要工作人員核對",
            "Staff need to look at this card",
        ),
        Texts(
            "请按下方“请工作人员帮助”，不用重新排队。",
            "請按下方「請工作人員協助」，不用重新排隊。",
            'Please touch "Ask staff for help" below. You need not queue again.',
        ),
    ),
    CardProblem.EXPIRED: (
        Texts("证件已过有效期", "證件已過有效期", "This permit has expired"),
        Texts(
            "需要先换发证件，再办签注。工作人员会告诉您怎么办。",
            "需要先換發證件，再辦簽注。工作人員會告訴您怎麼辦。",
            "It must be renewed before an endorsement. Staff will tell you how.",
        ),
    ),
}
BAD_CARD_LEFT = Texts(
    "{seconds} 秒后证件自动退出。",
    "{seconds} 秒後證件自動退出。",
    "The card comes out in {seconds} s.",
)
TAKE_BACK = Texts("取回证件", "取回證件", "Give my card back")

HELD_TITLE = Texts(
    "有一张证件\n没有取走",
    "有一張證件\n沒有取走",
    "A card was left\nin this machine",
)
HELD_LEAD = Texts(
    "本机暂停使用。证件主人请找工作人员，核对本人后取回。",
    "本機暫停使用。證件主人請找工作人員，核對本人後取回。",
    "This kiosk is paused. Owner of the card: staff will hand it to you.",
)
