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
import tempfile
from pathlib import Path

import onnx
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers import float16

OPTIMUM = ["llama-tied", "mistral-swa", "gemma3", "gpt2"]
GENAI = [
    ("llama-tied", "fp32", "cpu", "genai-llama-tied"),
    ("qwen3", "fp32", "cpu", "genai-qwen3"),
    ("gemma2", "fp32", "cpu", "genai-gemma2"),
    ("gemma2", "fp16", "cuda", "genai-gemma2-fp16"),
]
KEPT = {"config.json", "generation_config.json", "genai_config.json", "tokenizer.json", "tokenizer_config.json"}


def run(target, module, *arguments, **environment):
    subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], check=True, env={**os.environ, **environment}
    )
    for file in target.iterdir():
        if file.name not in KEPT and not file.name.startswith("model.onnx"):
            file.unlink()


def write_converted(source, target, convert):
    """The graph of one of Optimum's directories, converted as onnx-community's are (transformers.js/scripts)."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("model.onnx*"), dirs_exist_ok=True)
    onnx.save(convert(source / "model.onnx"), target / "model.onnx")


def half(graph):
    """model_fp16.onnx: inside, cache and logits."""
    return float16.convert_float_to_float16(onnx.load(graph), keep_io_types=False)


def half_inside(graph):
    return float16.convert_float_to_float16(onnx.load(graph), keep_io_types=True)


def dynamic(graph):
    """model_quantized.onnx: activations by DynamicQuantizeLinear, one step for a whole tensor."""
    with tempfile.TemporaryDirectory() as directory:
        quantized = Path(directory) / "model.onnx"
        options = {"EnableSubgraph": True, "MatMulConstBOnly": True}
        quantize_dynamic(graph, quantized, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
                         extra_options=options)
        return onnx.load(quantized)


def four_bits(graph):
    """model_q4.onnx: MatMulNBits."""
    quantizer = MatMulNBitsQuantizer(onnx.load(graph), block_size=32, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    return quantizer.model.model


def write_small(source, target, inputs):
    """A directory whose graph has the given inputs and does nothing, but for a cache that does not grow: for what is refused."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(source / name, target / name)
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "sequence", 1])
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["floats", "axis"], ["logits"]),
    ]
    outputs = [logits]
    for past in inputs:
        if past.name.startswith("past_key_values"):
            present = past.name.replace("past_key_values", "present")
            nodes.append(helper.make_node("Identity", [past.name], [present]))
            outputs.append(helper.make_tensor_value_info(present, TensorProto.FLOAT, [1, 1, "total", 16]))
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [2])
    graph = helper.make_graph(nodes, "small", inputs, outputs, [axis])
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
    llama, gpt2 = target / "optimum-llama-tied", target / "optimum-gpt2"
    write_converted(llama, target / "optimum-llama-tied-fp16", half)
    write_converted(llama, target / "optimum-llama-tied-fp16-inside", half_inside)
    write_converted(gpt2, target / "optimum-gpt2-quantized", dynamic)
    write_converted(gpt2, target / "optimum-gpt2-q4", four_bits)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "sequence"])
    branch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    write_small(tiny / "llama-tied", target / "refused-without-cache", [ids])
    write_small(tiny / "llama-tied", target / "refused-merged", [ids, branch])
    cache = [
        helper.make_tensor_value_info(f"past_key_values.0.{part}", TensorProto.FLOAT, ["batch", 1, "past", 16])
        for part in ("key", "value")
    ]
    write_small(tiny / "llama-tied", target / "refused-in-a-step", [ids, *cache])


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:4]))
