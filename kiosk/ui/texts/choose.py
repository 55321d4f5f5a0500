"""Words of choosing an endorsement, of the notice and of the confirmation."""

from kiosk.session.facts import Texts

TITLE = Texts("请选择签注", "請選擇簽注", "Choose an endorsement")
LEAD = Texts(
    "以下是您今天可以办理的种类和费用",
    "以下是您今天可以辦理的種類和費用",
    "You can have these today, at these prices",
)
NONE_TITLE = Texts(
    "今天本机没有可办的签注",
    "今天本機沒有可辦的簽注",
    "Nothing available today",
)
NONE_LEAD = Texts(
    "工作人员可以核对原因，并告诉您怎么办。不用重新排队。",
    "工作人員可以核對原因，並告訴您怎麼辦。不用重新排隊。",
    "Staff can look into it and tell you what to do. You need not queue again.",
)
EXPIRED_TITLE = Texts(
    "证件快到期或已过期",
    "證件快到期或已過期",
    "Your permit must be renewed first",
)
DISPUTE = Texts(
    "认为有误？\n请工作人员核对",
    "認為有誤？\n請工作人員核對",
    "Is this wrong?\nAsk staff to check",
)
DISPUTE_MAIN = Texts("请工作人员核对", "請工作人員核對", "Ask staff to check")
PRICE = Texts("{yuan} 元", "{yuan} 元", "CNY {yuan}")
FREE = Texts("免费", "免費", "Free")
REPRINT = Texts("免费重印", "免費重印", "Free reprint")

NOTICE_TITLE = Texts(
    "下一步：拍照核对本人",
    "下一步：拍照核對本人",
    "Next: a photo check",
)
NOTICE_LEAD = Texts("需要您的同意。", "需要您的同意。", "We need your consent.")
NOTICE_WHAT = (
    Texts("做什么", "做什麼", "What happens"),
    Texts(
        "拍一张现场照片，与证件芯片和登记的照片比对，确认是您本人。",
        "拍一張現場照片，與證件晶片和登記的照片比對，確認是您本人。",
        "A live photo is compared with the portraits on your chip and on record.",
    ),
)
NOTICE_WHAT_AGAIN = (
    Texts("做什么", "做什麼", "What happens"),
    Texts(
        "拍一张现场照片，与证件芯片、登记和您上次办理时的照片比对，确认是您本人。",
        "拍一張現場照片，與證件晶片、登記和您上次辦理時的照片比對，確認是您本人。",
        "A live photo is compared with your chip, the record and your last photo here.",
    ),
)
NOTICE_KEEP = (
    Texts("怎么保管", "怎麼保管", "How it is kept"),
    Texts(
        "照片加密，只留在本大厅的系统内，不上互联网，办结后删除。",
        "照片加密，只留在本大廳的系統內，不上互聯網，辦結後刪除。",
        "Encrypted, only in this hall's system, never on the internet; deleted afterwards.",
    ),
)
NOTICE_ELSE = (
    Texts("不同意也能办", "不同意也能辦", "If you would rather not"),
    Texts(
        "由工作人员当面核验，签注照样办理，不用重新排队。",
        "由工作人員當面核驗，簽注照樣辦理，不用重新排隊。",
        "Staff check you in person. You get the same endorsement and need not queue again.",
    ),
)
NOTICE_GUARDIAN = Texts(
    "未满 14 周岁：须由监护人同意，并请监护人陪在身边。",
    "未滿 14 周歲：須由監護人同意，並請監護人陪在身邊。",
    "Under 14: a parent or guardian must agree and stay with the child.",
)
AGREE = Texts("同意并继续", "同意並繼續", "I agree")
AGREE_GUARDIAN = Texts("监护人同意并继续", "監護人同意並繼續", "As guardian, I agree")

CONFIRM_TITLE = Texts("请核对", "請核對", "Please check")
CONFIRM_LEAD = Texts(
    "没有问题，请按确认。证件背面将重新打印。",
    "沒有問題，請按確認。證件背面將重新打印。",
    "If all is right, confirm. The back of your card will be printed again.",
)
CONFIRM_SENDING = Texts("正在提交，请稍候。", "正在提交，請稍候。", "Sending, one moment please.")
ROW_NAME = Texts("姓名", "姓名", "Name")
ROW_CARD = Texts("证件号码", "證件號碼", "Card number")
ROW_KIND = Texts("签注", "簽注", "Endorsement")
ROW_DETAIL = Texts("停留", "停留", "Stay")
ROW_FEE = Texts("费用", "費用", "Fee")
CONFIRM_PAY = Texts("确认，去缴费", "確認，去繳費", "Confirm and pay")
CONFIRM_FREE = Texts("确认办理", "確認辦理", "Confirm")
