"""Writes the model directories of src/test/resources/foreign with the tools whose graphs they are.

    python -m venv v && v/bin/pip install torch==2.15.0 onnx==1.23.2 onnx-ir==1.1.0 onnxruntime==1.29.0
    v/bin/pip install transformers==4.57.6 optimum==2.3.0 optimum-onnx==0.1.0 onnxruntime-genai==0.18.0
    v/bin/pip install --target tf5 --no-deps transformers==5.23.0 tokenizers==0.23.3 huggingface_hub==2.4.0 \
        typer httpx2 httpcore2 truststore shellingham anyio h11 sniffio click
    v/bin/python foreign_graphs.py ../../../../onnx-export/src/test/resources/tiny ../resources/foreign tf5

onnxruntime-genai's builder wants transformers 5, Optimum's exporter transformers 4. What the graphs must compute is in
tiny/goldens.json: the checkpoints' logits by transformers.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

OPTIMUM = ["llama-tied", "mistral-swa", "gemma3", "gpt2"]
GENAI = [
    ("llama-tied", "fp32", "cpu", "genai-llama-tied"),
    ("qwen3", "fp32", "cpu", "genai-qwen3"),
    ("gemma2", "fp32", "cpu", "genai-gemma2"),
]
KEPT = {"config.json", "generation_config.json", "genai_config.json", "tokenizer.json", "tokenizer_config.json"}


def run(target, module, *arguments, **environment):
    subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], check=True, env={**os.environ, **environment}
    )
    for file in target.iterdir():
        if file.name not in KEPT and not file.name.startswith("model.onnx"):
            file.unlink()


def write_small(source, target, inputs):
    """A directory whose graph has the given inputs and does nothing: for what is refused."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(source / name, target / name)
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "sequence", 1])
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["floats", "axis"], ["logits"]),
    ]
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [2])
    graph = helper.make_graph(nodes, "small", inputs, [logits], [axis])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, target / "model.onnx")


def main(tiny, target, transformers5):
    for name in OPTIMUM:
        directory = target / f"optimum-{name}"
        task = ["--task", "text-generation-with-past"]
        run(directory, "optimum.commands.optimum_cli", "export", "onnx", "--model", tiny / name, *task, directory)
    for name, precision, provider, directory_name in GENAI:
        directory = target / directory_name
        arguments = ["-i", tiny / name, "-o", directory, "-p", precision, "-e", provider, "-c", "cache"]
        run(directory, "onnxruntime_genai.models.builder", *arguments, PYTHONPATH=str(transformers5))
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])
    branch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    write_small(tiny / "llama-tied", target / "refused-without-cache", [ids])
    write_small(tiny / "llama-tied", target / "refused-merged", [ids, branch])


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:4]))
