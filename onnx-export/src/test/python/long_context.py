"""Writes what transformers computes for tiny models with LongRoPE on both sides of their original length.

    pip install torch transformers safetensors
    python long_context.py ../resources/tiny
"""

import json
import shutil
import sys
from pathlib import Path

import torch
import transformers
from goldens import meta, rounded, scatter

ORIGINAL = 40
LENGTHS = [12, ORIGINAL, ORIGINAL + 1, 60]


def partial(root):
    """Half of each head turns, as in Phi-4-mini."""
    pairs = 8
    config = transformers.Phi3Config(
        vocab_size=96, hidden_size=64, intermediate_size=56, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
        max_position_embeddings=160, original_max_position_embeddings=ORIGINAL, partial_rotary_factor=0.5, bos_token_id=1,
        eos_token_id=2, pad_token_id=0,
        rope_scaling={
            "type": "longrope", "short_factor": [1 + 0.1 * i for i in range(pairs)], "long_factor": [2 + i for i in range(pairs)],
        },
    )
    config._attn_implementation = "eager"
    directory = root / "phi3-longrope-partial"
    shutil.rmtree(directory, ignore_errors=True)
    scatter(transformers.Phi3ForCausalLM(config), seed=3).bfloat16().save_pretrained(directory)
    for file in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(root / "phi3-longrope" / file, directory / file)


def figures(directory):
    model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager").eval()
    ids = torch.randint(3, model.config.vocab_size, (max(LENGTHS),), generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        logits = {length: model(ids[None, :length], use_cache=False).logits[0, -1] for length in LENGTHS}
    return {"input_ids": ids.tolist(), "last_logits": {length: rounded(row) for length, row in logits.items()}}


def main(root):
    partial(root)
    models = {name: figures(root / name) for name in ("phi3-longrope", "phi3-longrope-partial")}
    notes = f"logits of the last of so many tokens; more than {ORIGINAL} turn by the long factors"
    (root / "goldens-long-context.json").write_text(json.dumps({"meta": meta(notes), "models": models}, separators=(",", ":")))


main(Path(sys.argv[1]))
