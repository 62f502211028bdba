"""Adds tiny random embedding models to src/test/resources/tiny-pooled, and what sentence-transformers computes for them.

    pip install torch sentence-transformers
    python tiny_pooled.py ../resources/tiny-pooled
"""

import json
import sys
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Normalize

TEXTS = ["refund", "The invoice was charged twice and I want my money back.", "Où est ma commande ? 日本 x"]


def dense(directory: Path) -> SentenceTransformer:
    """The encoder of bert-mean with two layers behind its pooling, as LaBSE (one) and EmbeddingGemma (two) have them."""
    torch.manual_seed(8)
    base = SentenceTransformer(str(directory / "bert-mean"), device="cpu")
    layers = [
        Dense(in_features=32, out_features=48),
        Dense(in_features=48, out_features=20, bias=False, activation_function=torch.nn.Identity()),
    ]
    return SentenceTransformer(modules=[*list(base)[:2], *layers, Normalize()], device="cpu")


def main(directory: Path) -> None:
    file = directory / "goldens.json"
    goldens = json.loads(file.read_text())
    model = dense(directory)
    model.save(str(directory / "bert-dense"), create_model_card=False)
    cases = []
    for text in TEXTS:
        vector = model.encode(text)
        ids = model.tokenizer(text)["input_ids"]
        cases.append({"text": text, "input_ids": ids, "embedding": [round(float(x), 6) for x in vector]})
    goldens["models"]["bert-dense"] = {"embeddings": cases}
    file.write_text(json.dumps(goldens, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
