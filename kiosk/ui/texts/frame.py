"""Words around every screen: header, progress line, footer, idle warning."""

from kiosk.session.facts import Texts

HEADER = Texts("出入境自助签注", "出入境自助簽注", "Travel Endorsements")

STEPS = (
    Texts("读证", "讀證", "Read card"),
    Texts("选择", "選擇", "Choose"),
    Texts("人像", "人像", "Photo"),
    Texts("确认缴费", "確認繳費", "Pay"),
    Texts("取证", "取證", "Take card"),
)

HELP = Texts("请工作人员帮助", "請工作人員協助", "Ask staff for help")
HELP_NO_CARD = Texts(
    "没有证件或读不出？\n请工作人员帮助",
    "沒有證件或讀不出？\n請工作人員協助",
    "No card, or not readable?\nAsk staff for help",
)
HELP_NO_PHONE = Texts(
    "不会扫码或没带手机？\n请工作人员帮助",
    "不會掃碼或沒帶手機？\n請工作人員協助",
    "No phone to pay with?\nAsk staff for help",
)
HELP_NO_FACE = Texts(
    "不想人脸识别？\n请工作人员核验",
    "不想人臉識別？\n請工作人員核驗",
    "No face check, please?\nStaff will check you",
)
CALLED = Texts(
    "已通知工作人员\n号码 {number}",
    "已通知工作人員\n號碼 {number}",
    "Staff have been called\nNumber {number}",
)
CALLING = Texts(
    "正在通知工作人员\n号码 {number}",
    "正在通知工作人員\n號碼 {number}",
    "Calling a colleague\nNumber {number}",
)
CALL_KEPT = Texts(
    "号码 {number} 已保存\n网络恢复后通知",
    "號碼 {number} 已保存\n網絡恢復後通知",
    "Number {number} is kept\nSent when back online",
)
MINUTES = Texts("{count} 分钟", "{count} 分鐘", "{count} min")
SECONDS = Texts("{count} 秒", "{count} 秒", "{count} s")
EXIT = Texts("退出", "退出", "Exit")
EXIT_CARD = Texts("退出取证", "退出取證", "Exit, card back")
BACK = Texts("上一步", "上一步", "Back")
NEXT = Texts("下一步", "下一步", "Next")
DONE = Texts("好了", "好了", "Done")
ALONE = Texts("自己继续", "自己繼續", "Go on alone")
MORE = Texts("更多", "更多", "More")
PREVIOUS = Texts("上一页", "上一頁", "Previous")

IDLE_TITLE = Texts("您还在吗？", "您還在嗎？", "Are you still there?")
IDLE_CARD = Texts(
    "如果没有操作，机器会退还证件并结束本次办理。",
    "如果沒有操作，機器會退還證件並結束本次辦理。",
    "If nothing is touched, your card comes out and this visit ends.",
)
IDLE_NO_CARD = Texts(
    "如果没有操作，将返回首页。",
    "如果沒有操作，將返回首頁。",
    "If nothing is touched, the start screen comes back.",
)
IDLE_STAY = Texts("我还在", "我還在", "I am still here")
