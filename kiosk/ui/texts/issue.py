"""Words of paying, issuing, receipt and taking the card."""

from kiosk.session.facts import Outcome, Texts

PAY_TITLE = Texts("请用手机扫码缴费", "請用手機掃碼繳費", "Scan with your phone to pay")
PAY_LEAD = Texts(
    "付款后本屏会自动继续。",
    "付款後本屏會自動繼續。",
    "This screen goes on by itself after payment.",
)
PAY_CAPTION = Texts("剩余时间 {time}", "剩餘時間 {time}", "Time left {time}")
PAY_ENDED = Texts("付款码已经失效", "付款碼已經失效", "The code is no longer valid")
PAY_ENDED_LEAD = Texts(
    "还没有收到付款。请换一个新码再扫，或请工作人员帮助。",
    "還沒有收到付款。請換一個新碼再掃，或請工作人員協助。",
    "No payment has arrived. Please get a new code and scan again, or ask staff.",
)
PAY_NEW_CODE = Texts("换新的付款码", "換新的付款碼", "New code")
PAY_CANCELLING = Texts("正在取消缴费", "正在取消繳費", "Cancelling the payment")
PAY_CANCELLING_LEAD = Texts(
    "请稍候。已付的款不会丢失。",
    "請稍候。已付的款不會遺失。",
    "One moment. Nothing you have paid is lost.",
)
PAY_STARTING = Texts("正在准备二维码", "正在準備二維碼", "Preparing the QR code")

ISSUE_TITLE = Texts("正在制作签注", "正在製作簽注", "Making your endorsement")
ISSUE_LEAD = Texts(
    "请不要离开，证件打印好会自动退出。",
    "請不要離開，證件打印好會自動退出。",
    "Please stay here. The card comes out when it is done.",
)
ISSUE_ORDERING = Texts("登记签注", "登記簽注", "Registering")
ISSUE_CHECKING = Texts("核对证件", "核對證件", "Checking the card")
ISSUE_PRINTING = Texts("打印证件背面", "打印證件背面", "Printing the back")

RECEIPT_TITLE = Texts("正在打印回执", "正在打印回執", "Printing your receipt")
RECEIPT_LEAD = Texts(
    "签注已经办好。请取走回执，证件随后退出。",
    "簽注已經辦好。請取走回執，證件隨後退出。",
    "Your endorsement is done. Take the receipt; the card follows.",
)

TAKE_TITLE = {
    Outcome.ISSUED: Texts("办好了，请取证", "辦好了，請取證", "Done. Take your card"),
    Outcome.TO_COUNTER: Texts(
        "请取证，到人工窗口",
        "請取證，到人工窗口",
        "Take your card to the counter",
    ),
    Outcome.REFUSED: Texts("请取回证件", "請取回證件", "Take your card"),
    Outcome.LEFT: Texts("请取回证件", "請取回證件", "Take your card"),
    Outcome.WAITING: Texts("请取回证件和小票", "請取回證件和小票", "Take card and ticket"),
    Outcome.CARD_PROBLEM: Texts("请取回证件", "請取回證件", "Take your card"),
    Outcome.SERVER_LOST: Texts("请取回证件和小票", "請取回證件和小票", "Take card and ticket"),
    Outcome.FAILED: Texts("请取回证件", "請取回證件", "Take your card"),
}
TAKE_LEAD = {
    Outcome.ISSUED: Texts(
        "请看一下证件背面的签注对不对。",
        "請看一下證件背面的簽注對不對。",
        "Please look at the endorsement on the back.",
    ),
    Outcome.TO_COUNTER: Texts(
        "资料已经转到窗口，不用重新填写。",
        "資料已經轉到窗口，不用重新填寫。",
        "The counter has your details. Nothing to fill in again.",
    ),
    Outcome.REFUSED: Texts(
        "有疑问，大厅工作人员可以为您说明。",
        "有疑問，大廳工作人員可以為您說明。",
        "Staff in the hall can explain and help.",
    ),
    Outcome.LEFT: Texts(
        "本次没有办理，也没有收费。",
        "本次沒有辦理，也沒有收費。",
        "Nothing was issued and nothing charged.",
    ),
    Outcome.WAITING: Texts(
        "请凭小票到人工窗口，工作人员会接着办。",
        "請憑小票到人工窗口，工作人員會接著辦。",
        "Please take the ticket to the counter. Staff go on from there.",
    ),
    Outcome.CARD_PROBLEM: Texts(
        "可以再放一次，或请工作人员帮助。",
        "可以再放一次，或請工作人員協助。",
        "You can insert it again, or ask staff.",
    ),
    Outcome.SERVER_LOST: Texts(
        "网络暂时不通，办理情况已经保存。请凭小票到人工窗口。",
        "網絡暫時不通，辦理情況已經保存。請憑小票到人工窗口。",
        "The network is down, your visit is kept. Take the ticket to the counter.",
    ),
    Outcome.FAILED: Texts(
        "工作人员会接着为您办理，不用重新填写。",
        "工作人員會接著為您辦理，不用重新填寫。",
        "Staff go on with it. Nothing to fill in again.",
    ),
}
STILL_WAITS = Texts(
    "您的办理仍然保留，小票号码有效。任何一台机器都可以接着办。",
    "您的辦理仍然保留，小票號碼有效。任何一台機器都可以接著辦。",
    "Your request still waits and your ticket is valid. Any kiosk here can go on with it.",
)
COMING_OUT = Texts("证件正在退出", "證件正在退出", "Your card is coming out")
COMING_OUT_LEAD = Texts("请稍候。", "請稍候。", "One moment, please.")
DRAWING_IN = Texts("正在收回证件", "正在收回證件", "Taking the card back in")
DRAWING_IN_LEAD = Texts(
    "证件没有取走，机器会妥善保管，请找工作人员领取。",
    "證件沒有取走，機器會妥善保管，請找工作人員領取。",
    "It was not taken. The machine keeps it safe; staff will hand it to you.",
)
TAKE_WITHIN = Texts(
    "请在 {seconds} 秒内取走证件。",
    "請在 {seconds} 秒內取走證件。",
    "Please take it within {seconds} s.",
)
RECEIPT_MISSING = Texts(
    "回执没有打印出来，签注不受影响。需要时请工作人员补打。",
    "回執沒有打印出來，簽注不受影響。需要時請工作人員補印。",
    "The receipt did not print. Your endorsement is fine; staff can print it again.",
)
