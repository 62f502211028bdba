"""Writes src/test/resources/checkpoint/dequantized-blocks.json: random blocks of every type of GGUF, and what gguf-py makes of
them.

    pip install gguf numpy
    python dequantized_blocks.py ../resources/checkpoint/dequantized-blocks.json

Types that the file has already keep their blocks.
"""

import base64
import json
import sys
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np

BLOCKS = 3
HALVES = {  # where a block has fp16 numbers, which must not be NaN or infinite
    "IQ1_S": [0], "IQ2_XXS": [0], "IQ2_XS": [0], "IQ2_S": [0], "IQ3_XXS": [0], "IQ3_S": [0], "IQ4_XS": [0],
    "TQ1_0": [52], "TQ2_0": [64],
}
TYPES = [*HALVES, "IQ1_M", "MXFP4", "NVFP4"]


def blocks(kind, random):
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    data = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
    for at in HALVES.get(kind.name, []):
        data[:, at : at + 2] = random.normal(size=(BLOCKS, 1)).astype(np.float16).view(np.uint8)
    if kind.name == "IQ1_M":  # the upper four bits of four words are one fp16 number: keep its exponent below 16
        data[:, 55] = data[:, 55] & 0xBF
    if kind.name == "MXFP4":
        data[:, 0] = random.integers(0, 140, BLOCKS)
    return data


path = Path(sys.argv[1])
golden = json.loads(path.read_text())
golden["note"] = (
    f"random blocks and gguf-py's dequantize of them (gguf {version('gguf')}, numpy); base64, little-endian, floats are fp32"
)
random = np.random.default_rng(11)
for name in TYPES:
    kind = gguf.GGMLQuantizationType[name]
    data = blocks(kind, random)
    floats = gguf.quants.dequantize(data, kind).astype("<f4")
    assert np.isfinite(floats).all(), name
    if name not in golden["types"]:
        golden["types"][name] = {
            "blocks": base64.b64encode(data.tobytes()).decode(),
            "floats": base64.b64encode(floats.tobytes()).decode(),
        }
path.write_text(json.dumps(golden, indent=1) + "\n")
