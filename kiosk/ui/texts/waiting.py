"""Words while a person has the case, of the travel questions, of leaving, and out of service."""

from kiosk.session.facts import CaseStage, Device, Outcome, Texts

STAGE_TITLE = {
    CaseStage.SENDING: Texts("正在通知工作人员", "正在通知工作人員", "Calling a colleague"),
    CaseStage.WAITING: Texts(
        "已通知工作人员",
        "已通知工作人員",
        "Staff have been called",
    ),
    CaseStage.CLAIMED: Texts(
        "工作人员正在为您核验",
        "工作人員正在為您核驗",
        "A colleague is working on it",
    ),
    CaseStage.APPROVAL: Texts(
        "已核验，正在等待审批",
        "已核驗，正在等待審批",
        "Checked, waiting for approval",
    ),
    CaseStage.DECIDED: Texts("有结果了，马上继续", "有結果了，馬上繼續", "Decided, going on now"),
    CaseStage.CLOSED: Texts("有结果了，马上继续", "有結果了，馬上繼續", "Decided, going on now"),
}
PAID_TITLE = Texts(
    "费用已收到，马上来人",
    "費用已收到，馬上來人",
    "Paid. Staff are coming",
)
PAID_LEAD = Texts(
    "您已经付过费，不会再收。请留在这里，工作人员会接着办。",
    "您已經付過費，不會再收。請留在這裡，工作人員會接著辦。",
    "You have paid and are not charged again. Please stay here; a colleague goes on with it.",
)
LEAD = Texts(
    "请留在这里。不用重新排队，也不用重新填写。",
    "請留在這裡。不用重新排隊，也不用重新填寫。",
    "Please stay here. No queueing again, nothing to fill in again.",
)
NOBODY_TITLE = Texts(
    "现在没有工作人员在线",
    "現在沒有工作人員在線",
    "No colleague is online now",
)
NOBODY_LEAD = Texts(
    "您的号码已经保留。请取证件和小票，工作人员上班后会接着办。",
    "您的號碼已經保留。請取證件和小票，工作人員上班後會接著辦。",
    "Your number is kept. Take card and ticket; staff go on when they are back.",
)
NOBODY_LEAD_NO_CARD = Texts(
    "您的号码已经保留。请取小票，工作人员上班后会接着办。",
    "您的號碼已經保留。請取小票，工作人員上班後會接著辦。",
    "Your number is kept. Take the ticket; staff go on when they are back.",
)
OFFLINE_TITLE = Texts("您的号码已保存", "您的號碼已保存", "Your number is kept")
OFFLINE = Texts(
    "网络暂时不通，恢复后马上通知工作人员。",
    "網絡暫時不通，恢復後馬上通知工作人員。",
    "The network is down. Staff are called as soon as it is back.",
)
KIOSK = Texts("{label}号机", "{label}號機", "Kiosk {label}")
NUMBER = Texts("您的号码", "您的號碼", "Your number")
# Where staff sit is said with where the resident stays: a number alone would send them there.
CHECKED_AT_NUMBER = Texts(
    "工作人员在 {desk} 号窗口为您核验。请留在本机前，不用过去。",
    "工作人員在 {desk} 號窗口為您核驗。請留在本機前，不用過去。",
    "Staff check from desk {desk}. Please stay here, you need not go there.",
)
CHECKED_AT_NAME = Texts(
    "工作人员在{desk}为您核验。请留在本机前，不用过去。",
    "工作人員在{desk}為您核驗。請留在本機前，不用過去。",
    "Staff check from {desk}. Please stay here, you need not go there.",
)
AHEAD = Texts("前面还有", "前面還有", "People ahead")
PEOPLE = Texts("{count} 人", "{count} 人", "{count}")
EXPECTED = Texts("预计等待", "預計等待", "Expected wait")
MINUTES = Texts("约 {count} 分钟", "約 {count} 分鐘", "about {count} min")
TRAVEL = Texts("您的出行时间", "您的出行時間", "Travel time")
TRAVEL_UNKNOWN = Texts("未填写", "未填寫", "not given")
TODAY = Texts("今天", "今天", "Today")
TOMORROW = Texts("明天", "明天", "Tomorrow")
AFTER = Texts("后天", "後天", "In 2 days")
MONTH_DAY = Texts("{month}月{day}日", "{month}月{day}日", "{day}/{month}")
CARD_STAYS = Texts(
    "证件在机内，最多再留 {time}。您也可以取回证件，凭小票到人工窗口接着办。",
    "證件在機內，最多再留 {time}。您也可以取回證件，憑小票到人工窗口接著辦。",
    "Your card stays in for {time} at most. You may also take card and ticket to the "
    "counter; staff go on from there.",
)
MAY_LEAVE = Texts(
    "您也可以凭小票到人工窗口，工作人员会接着办。",
    "您也可以憑小票到人工窗口，工作人員會接著辦。",
    "You may also take the ticket to the counter; staff go on from there.",
)
LEAVE_CARD = Texts("取回证件和小票", "取回證件和小票", "Take card and ticket")
LEAVE_TICKET = Texts("取小票先离开", "取小票先離開", "Leave with a ticket")
CHANGE_TRAVEL = Texts("改出行时间", "改出行時間", "Change travel time")
TELL_TRAVEL = Texts("填写出行时间", "填寫出行時間", "Tell us when you travel")
WAITED = Texts("已等待 {time}", "已等待 {time}", "Waiting {time}")

ASK_LEAD = Texts(
    "急的先办，请按实际情况选择。",
    "急的先辦，請按實際情況選擇。",
    "Whoever leaves first comes first.",
)
ASK_DAY = Texts("您哪一天出行？", "您哪一天出行？", "Which day do you travel?")
ASK_HOUR = Texts("几点出发", "幾點出發", "What time")
ASK_GROUND = Texts("原因（可以不选）", "原因（可以不選）", "Reason (you may skip this)")
ASK_DONE = Texts("好了", "好了", "Done")
ASK_SKIP = Texts("近期不出行", "近期不出行", "Not soon")

LEAVING_TITLE = {
    Outcome.ISSUED: Texts("办好了", "辦好了", "All done"),
    Outcome.TO_COUNTER: Texts("请到人工窗口办理", "請到人工窗口辦理", "Please go to the counter"),
    Outcome.REFUSED: Texts("这次不能办理", "這次不能辦理", "Not possible this time"),
    Outcome.LEFT: Texts("已结束，欢迎再来", "已結束，歡迎再來", "Finished. Come back any time"),
    Outcome.WAITING: Texts(
        "请凭小票到人工窗口",
        "請憑小票到人工窗口",
        "Please take the ticket to the counter",
    ),
    Outcome.CARD_PROBLEM: Texts(
        "请工作人员看一下证件",
        "請工作人員看一下證件",
        "Staff will look at the card",
    ),
    Outcome.SERVER_LOST: Texts(
        "请凭小票到人工窗口",
        "請憑小票到人工窗口",
        "Please take the ticket to the counter",
    ),
    Outcome.FAILED: Texts(
        "工作人员会接着办",
        "工作人員會接著辦",
        "Staff will go on with it",
    ),
}
LEAVING_LEAD = {
    Outcome.ISSUED: Texts("请带好证件。", "請帶好證件。", "Please keep your card safe."),
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
        "请带好证件。",
        "請帶好證件。",
        "Please keep your card safe.",
    ),
    Outcome.WAITING: Texts(
        "工作人员会从这一步接着办，不用重新填写。",
        "工作人員會從這一步接著辦，不用重新填寫。",
        "Staff go on from this step. Nothing to fill in again.",
    ),
    Outcome.CARD_PROBLEM: Texts(
        "不用重新排队，工作人员会帮您办理。",
        "不用重新排隊，工作人員會幫您辦理。",
        "You need not queue again. Staff will help you.",
    ),
    Outcome.SERVER_LOST: Texts(
        "网络暂时不通。办理情况已经保存，不用重新填写。",
        "網絡暫時不通。辦理情況已經保存，不用重新填寫。",
        "The network is down. Your visit is kept, nothing to fill in again.",
    ),
    Outcome.FAILED: Texts(
        "不用重新填写。",
        "不用重新填寫。",
        "Nothing to fill in again.",
    ),
}
BY_NUMBER_TITLE = Texts(
    "请凭号码到人工窗口",
    "請憑號碼到人工窗口",
    "Please go to the counter",
)
PRINTING_TICKET = Texts("正在打印小票", "正在打印小票", "Printing your ticket")
TICKET_MISSING = Texts(
    "小票没有打印出来。请记下号码，或用手机拍下屏幕。",
    "小票沒有打印出來。請記下號碼，或用手機拍下屏幕。",
    "The ticket did not print. Note the number or take a photo of this screen.",
)
TICKET_CAPTION = Texts("请在人工窗口出示", "請在人工窗口出示", "Show this at the counter")

OUT_TITLE = Texts("本机暂停服务", "本機暫停服務", "This kiosk is paused")
OUT_LEAD = Texts(
    "恢复后会自动开放。请用其他机器，或找大厅工作人员。",
    "恢復後會自動開放。請用其他機器，或找大廳工作人員。",
    "It opens again by itself. Please use another kiosk or ask staff in the hall.",
)
OUT_SERVER = Texts("正在恢复网络连接", "正在恢復網絡連接", "The network is being restored")
OUT_DEVICE = Texts("正在恢复：{names}", "正在恢復：{names}", "Being restored: {names}")
SEPARATOR = Texts("、", "、", ", ")
DEVICES = {
    Device.CARD_SLOT: Texts("证件插口", "證件插口", "card slot"),
    Device.DOCUMENT_READER: Texts("证件阅读器", "證件閱讀器", "document reader"),
    Device.CHIP_READER: Texts("芯片阅读器", "晶片閱讀器", "chip reader"),
    Device.ENDORSEMENT_PRINTER: Texts("签注打印机", "簽注打印機", "endorsement printer"),
    Device.RECEIPT_PRINTER: Texts("回执打印机", "回執打印機", "receipt printer"),
    Device.CAMERA: Texts("摄像头", "攝像頭", "camera"),
    Device.JOURNAL: Texts("本机存储", "本機儲存", "storage"),
}
