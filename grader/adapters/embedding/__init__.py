"""The embedding model: where its files are, how it is run, how requests share it."""

from grader.adapters.embedding.batching import BatchingEmbedder
from grader.adapters.embedding.sentence_transformer import SentenceTransformerEncoder
from grader.adapters.embedding.weights import Weights, find_weights

__all__ = ["BatchingEmbedder", "SentenceTransformerEncoder", "Weights", "find_weights"]
