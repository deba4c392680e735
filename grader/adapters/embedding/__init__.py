"""The embedding model: where its files are, how it is run, how requests share it."""

from grader.adapters.embedding.batching import BatchingEmbedder
from grader.adapters.embedding.sentence_transformer import SentenceTransformerEncoder
from grader.adapters.embedding.weights import WEIGHTS_SHA256, Weights, find_weights

__all__ = ["WEIGHTS_SHA256", "BatchingEmbedder", "SentenceTransformerEncoder", "Weights", "find_weights"]
