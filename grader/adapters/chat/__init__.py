"""Chat models behind OpenAI-compatible endpoints, safe to trust with other people's money and time.

`OpenAiChatModel` makes one try of one call and learns what the endpoint and the model accept. Around it stand
small layers, each a ChatModel itself, put together in `grader.bootstrap` from the outside in:

    RetryingChatModel   one deadline over all tries, back-off, Retry-After
    LimitedChatModel    calls at a time, tokens a minute, a pause when the endpoint asks for one
    GuardedChatModel    a circuit breaker: an endpoint that is down is left alone
    OpenAiChatModel     one try

`OpenAiBulkChatModel` hands in many calls at half price, `OpenAiDecisionModel` asks for probabilities.
Nothing here imports the SDK until a model is made.
"""
