"""Every message between a kiosk and the hall's server, defined once and used by both ends.

All paths lie under ``/api/kiosk/v1`` and carry ``Authorization: Bearer CREDENTIAL``. Every POST
carries an ``Idempotency-Key``: a repeated key gets the first answer again, a concurrent one 409
with ``Retry-After``. Times are aware UTC datetimes, amounts are fen (1/100 CNY), bytes are base64.

========  ==================================  ========================  ======================
method    path                                body                      answer
========  ==================================  ========================  ======================
POST      /offers                             OffersRequest             OffersAnswer
POST      /record-portrait                    RecordPortraitRequest     RecordPortraitAnswer
POST      /applications                       ApplicationRequest        ApplicationView
POST      /applications/{id}/payment          PaymentRequest            PaymentView
GET       /payments/{id}?wait_s=N             -                         PaymentView
POST      /payments/{id}/cancel               -                         PaymentView
POST      /applications/{id}/order            OrderRequest              OrderView
POST      /orders/{id}/printing               FencingToken              OrderView
POST      /orders/{id}/outcome                PrintReport               OrderView
POST      /cases                              CaseRequest               CaseView
GET       /cases/{id}?after=VERSION&wait_s=N  -                         CaseView
          (``&session=N`` after a resume)
POST      /cases/{id}/travel                  TravelRequest             CaseView
POST      /cases/{id}/leave                   LeaveRequest              CaseView
POST      /cases/parked                       ParkedRequest             ParkedAnswer
POST      /cases/{id}/resume                  ResumeRequest             ResumeAnswer
POST      /cases/{id}/same-person             SamePersonRequest         SamePersonAnswer
POST      /visits/{visit_id}/end              VisitEnd                  Acknowledged
POST      /heartbeat                          Heartbeat                 HeartbeatAnswer
========  ==================================  ========================  ======================

Any answer with status 4xx or 5xx has the body ``Refusal``.
"""

from backend_client.contract.applications import (
    ApplicationRequest,
    ApplicationView,
    PaymentRequest,
    PaymentState,
    PaymentView,
)
from backend_client.contract.base import (
    API_PREFIX,
    Acknowledged,
    CardNumber,
    Fraction,
    Identifier,
    Message,
    Picture,
    Refusal,
    RefusalCode,
    Session,
    Texts,
    Words,
    picture,
)
from backend_client.contract.cases import (
    CaseReason,
    CaseRequest,
    CaseStage,
    CaseView,
    DecisionKind,
    DecisionView,
    LeaveRequest,
    TravelRequest,
)
from backend_client.contract.fleet import DeviceReport, Heartbeat, HeartbeatAnswer, VisitEnd
from backend_client.contract.matching import (
    EyesReport,
    LivenessReport,
    MatchReport,
    MeasureReport,
    ReferencesScore,
    ScoreReport,
    TryReport,
)
from backend_client.contract.orders import (
    Evidence,
    FencingToken,
    OrderRequest,
    OrderState,
    OrderView,
    PrintReport,
)
from backend_client.contract.records import (
    ChipProof,
    ClosedOffer,
    ClosedReason,
    Endorsement,
    Offer,
    OffersAnswer,
    OffersRequest,
    RecordPortraitAnswer,
    RecordPortraitRequest,
)
from backend_client.contract.resume import (
    ParkedAnswer,
    ParkedCase,
    ParkedRequest,
    ResumeAnswer,
    ResumeRequest,
    SamePersonAnswer,
    SamePersonRequest,
)

__all__ = [
    "API_PREFIX",
    "Acknowledged",
    "ApplicationRequest",
    "ApplicationView",
    "CardNumber",
    "CaseReason",
    "CaseRequest",
    "CaseStage",
    "CaseView",
    "ChipProof",
    "ClosedOffer",
    "ClosedReason",
    "DecisionKind",
    "DecisionView",
    "DeviceReport",
    "Endorsement",
    "Evidence",
    "EyesReport",
    "FencingToken",
    "Fraction",
    "Heartbeat",
    "HeartbeatAnswer",
    "Identifier",
    "LeaveRequest",
    "LivenessReport",
    "MatchReport",
    "MeasureReport",
    "Message",
    "Offer",
    "OffersAnswer",
    "OffersRequest",
    "OrderRequest",
    "OrderState",
    "OrderView",
    "ParkedAnswer",
    "ParkedCase",
    "ParkedRequest",
    "PaymentRequest",
    "PaymentState",
    "PaymentView",
    "Picture",
    "PrintReport",
    "RecordPortraitAnswer",
    "RecordPortraitRequest",
    "ReferencesScore",
    "Refusal",
    "RefusalCode",
    "ResumeAnswer",
    "ResumeRequest",
    "SamePersonAnswer",
    "SamePersonRequest",
    "ScoreReport",
    "Session",
    "Texts",
    "TravelRequest",
    "TryReport",
    "VisitEnd",
    "Words",
    "picture",
]
