"""What every layer around a chat model has in common: it is the model, as far as identity and end are concerned."""

from __future__ import annotations

from grader.ports import ChatModel


class ChatLayer:
    """A ChatModel around another; a subclass says how it completes."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def identity(self) -> dict[str, str]:
        """That of the model inside."""
        return self._model.identity

    async def close(self) -> None:
        """Close the model inside."""
        await self._model.close()
