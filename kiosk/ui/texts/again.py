"""Words for a resident who comes back to what waits for them."""

from kiosk.session.facts import CaseStage, ResumeTrouble, Texts

TITLE = Texts("欢迎回来", "歡迎回來", "Welcome back")
LEAD = Texts(
    "您上次的办理为您留着，要接着办吗？",
    "您上次的辦理為您留著，要接著辦嗎？",
    "Your earlier request is waiting. Go on with it?",
)
NOT_AGAIN = Texts(
    "不用重新填写；已经付的费用不会再收。",
    "不用重新填寫；已經付的費用不會再收。",
    "Nothing to fill in again. What is paid is not charged again.",
)
TAKING_UP = Texts("正在接着办理", "正在接著辦理", "Going on with it")
TAKING_UP_LEAD = Texts("请稍候。", "請稍候。", "One moment, please.")
STAGE = Texts("现在", "現在", "Now")
STAGES = {
    CaseStage.SENDING: Texts("等待工作人员", "等待工作人員", "Waiting for a colleague"),
    CaseStage.WAITING: Texts("等待工作人员", "等待工作人員", "Waiting for a colleague"),
    CaseStage.CLAIMED: Texts("工作人员正在核验", "工作人員正在核驗", "A colleague is on it"),
    CaseStage.APPROVAL: Texts("等待审批", "等待審批", "Waiting for approval"),
    CaseStage.DECIDED: Texts("可以继续了", "可以繼續了", "Ready to go on"),
    CaseStage.CLOSED: Texts("可以继续了", "可以繼續了", "Ready to go on"),
}
ISSUED_AT = Texts("办好时间", "辦好時間", "Issued")
NOT_ON_BACK = Texts(
    "背面没有、看不清，或没有回执？请工作人员帮助。",
    "背面沒有、看不清，或沒有回執？請工作人員協助。",
    "Not there, hard to read, or no receipt? Ask staff for help.",
)
GO_ON = Texts("接着办", "接著辦", "Go on with it")
START_NEW = Texts("办别的", "辦別的", "Something else")
AGAIN = Texts("再试一次", "再試一次", "Try again")
START_OVER = Texts("重新办理", "重新辦理", "Start anew")

TROUBLE = {
    ResumeTrouble.AT_COUNTER: (
        Texts("请到人工窗口", "請到人工窗口", "Please go to the counter"),
        Texts(
            "工作人员正在别处接着办您的事。请取回证件，凭小票到人工窗口。",
            "工作人員正在別處接著辦您的事。請取回證件，憑小票到人工窗口。",
            "Your request is being worked on elsewhere. Take card and ticket to the counter.",
        ),
    ),
    ResumeTrouble.ISSUED: (
        Texts("已经办好了", "已經辦好了", "Already done"),
        Texts(
            "这次签注已经办好，不用再办。请取回证件，看一下背面。",
            "這次簽注已經辦好，不用再辦。請取回證件，看一下背面。",
            "This endorsement has been issued. Take your card and look at the back.",
        ),
    ),
    ResumeTrouble.BUSY: (
        Texts("现在还不能接着办", "現在還不能接著辦", "Not possible at the moment"),
        Texts(
            "办理情况没有丢失。请过一会儿再试，或请工作人员帮助。",
            "辦理情況沒有遺失。請過一會兒再試，或請工作人員協助。",
            "Nothing is lost. Try again in a moment, or ask staff.",
        ),
    ),
    ResumeTrouble.GONE: (
        Texts("上次的办理已经结束", "上次的辦理已經結束", "Your earlier request has ended"),
        Texts(
            "可以重新办理，或请工作人员查看。",
            "可以重新辦理，或請工作人員查看。",
            "You can start anew, or ask staff to look into it.",
        ),
    ),
}
