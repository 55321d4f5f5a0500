"""Asking the server, with the key that makes a repeat harmless; what fails is answered here."""

from backend_client.contract import Message, Refusal
from kiosk.runtime.line import Answered, HallServer, Lost, insist
from kiosk.runtime.reply import Reply
from kiosk.session.events import ServerLost, ServerRefused
from kiosk.session.visit import Ref


def key_of(ref: Ref) -> str:
    """Return the idempotency key of an effect: the same after a repeat or a restart."""
    return f"{ref.visit_id}-{ref.effect_id}"


def ask(
    server: HallServer, path: str, body: Message | None, answer: type[Answered], reply: Reply
) -> Answered | None:
    """Return the answer; a refusal or a lost line is answered here."""
    result = insist(
        lambda left: server.post(path, body, answer, key=key_of(reply.ref), within_s=left),
        reply.cancelled,
    )
    if isinstance(result, Refusal | Lost):
        tell_failure(result, reply)
        return None
    return result


def tell_failure(result: Refusal | Lost, reply: Reply) -> None:
    """Answer an ask with the server's refusal, or with its silence."""
    if isinstance(result, Refusal):
        reply.send(ServerRefused(reply.ref, result.code.value, result.issued_at))
    else:
        reply.send(ServerLost(reply.ref))
