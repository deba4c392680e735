"""An OpenAI-compatible server on loopback that answers well or badly, as it is told.

In a test, the server is the fixture or a context manager, and its script says what comes next; a step is the name
of a behaviour (`BEHAVIOURS` lists them), a ready `Reply` (`says`, `sends`, `fails` make one) or a function of the
request. The last step is repeated for ever; without a script it answers honestly, by a simple rule on words:

    from tests.chat_server import ChatServer, says

    async with ChatServer(["429 for 20 ms", "fenced"]) as server:
        model = chat_model_at(server.base_url)
        ...
        assert server.calls == 2
        server.received[0].body["response_format"]

Without a script a model's name, or the header `X-Behaviour`, selects the behaviour. So a person can try one out:

    python -m tests.chat_server --port 9009           # from the repository; `--list` prints the behaviours
    GRADER_LLM_BASE_URL=http://127.0.0.1:9009/v1 GRADER_LLM_MODEL="lie: invented quotes" grader serve

It imitates `/v1/chat/completions`, `/v1/decisions`, `/v1/files` and `/v1/batches` (`server.desk.fate` decides how a
batch ends). It binds 127.0.0.1 only, checks no key, and shows what our side does, not what a vendor's would.
"""

from .behaviours import BEHAVIOURS, Behaviour, always, fails, honestly, says, sends, without, without_format
from .judging import judgement, verdict
from .server import ChatServer, Step
from .wire import Ending, Received, Reply

__all__ = [
    "BEHAVIOURS",
    "Behaviour",
    "ChatServer",
    "Ending",
    "Received",
    "Reply",
    "Step",
    "always",
    "fails",
    "honestly",
    "judgement",
    "says",
    "sends",
    "verdict",
    "without",
    "without_format",
]
