"""Writes the GGUF files of src/test/resources/tiny-gguf from the safetensors checkpoints of src/test/resources/tiny.

    pip install gguf numpy
    python tiny_gguf.py ../resources/tiny ../resources/tiny-gguf

Keys, names and layouts are those of llama.cpp's converter (conversion/*.py of 2026), whose own code needs torch and a
tokenizer on the hub. Weights become F16, norms and biases stay F32.
"""

import json
import math
import re
import struct
import sys
from pathlib import Path

import gguf
import numpy as np

ARCHITECTURES = {
    "llama": gguf.MODEL_ARCH.LLAMA,
    "mistral": gguf.MODEL_ARCH.LLAMA,
    "mixtral": gguf.MODEL_ARCH.LLAMA,
    "smollm3": gguf.MODEL_ARCH.SMOLLM3,
    "granite": gguf.MODEL_ARCH.GRANITE,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
    "qwen3_moe": gguf.MODEL_ARCH.QWEN3MOE,
    "phi3": gguf.MODEL_ARCH.PHI3,
    "gemma2": gguf.MODEL_ARCH.GEMMA2,
    "gemma3_text": gguf.MODEL_ARCH.GEMMA3,
    "olmo2": gguf.MODEL_ARCH.OLMO2,
    "starcoder2": gguf.MODEL_ARCH.STARCODER2,
    "gpt2": gguf.MODEL_ARCH.GPT2,
    "gpt_neox": gguf.MODEL_ARCH.GPTNEOX,
}
ROTARY_PAIRS = {"llama", "mistral", "mixtral", "smollm3", "granite"}
EXPERT = re.compile(r"model\.layers\.(\d+)\.(?:mlp|block_sparse_moe)\.experts\.(\d+)\.(\w+)\.weight")


def read_safetensors(path):
    data = path.read_bytes()
    header_bytes = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + header_bytes])
    header.pop("__metadata__", None)
    body = data[8 + header_bytes :]
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        yield name, np.frombuffer(body[begin:end], dtype="<f4").reshape(entry["shape"])


def write_config(writer, config, get):
    kind = config["model_type"]
    hidden, heads = get("hidden_size", "n_embd"), get("num_attention_heads", "n_head")
    writer.add_block_count(get("num_hidden_layers", "n_layer"))
    writer.add_context_length(get("max_position_embeddings", "n_positions"))
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(get("intermediate_size", "n_inner") or 4 * hidden)
    writer.add_head_count(heads)
    if get("num_key_value_heads") is not None:
        writer.add_head_count_kv(get("num_key_value_heads"))
    scaling = config.get("rope_scaling") or {}
    if scaling.get("rope_type") == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(scaling["factor"])
    if get("rope_theta") is not None and kind not in ("gemma2", "gpt_neox"):
        writer.add_rope_freq_base(float(config["rope_theta"]))
    if get("rms_norm_eps") is not None:
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    if get("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon") is not None:
        writer.add_layer_norm_eps(get("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"))
    if get("num_local_experts", "num_experts"):
        writer.add_expert_count(get("num_local_experts", "num_experts"))
        writer.add_expert_used_count(config["num_experts_per_tok"])
    head_dim = None if kind in ("granite", "phi3") else get("head_dim")
    if head_dim is not None:
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    if kind in ROTARY_PAIRS:
        writer.add_vocab_size(config["vocab_size"])
        writer.add_rope_dimension_count(head_dim or hidden // heads)
    if kind == "granite":
        writer.add_attention_scale(config["attention_multiplier"])
        writer.add_embedding_scale(config["embedding_multiplier"])
        writer.add_residual_scale(config["residual_multiplier"])
        writer.add_logit_scale(config["logits_scaling"])
    if kind == "qwen3_moe":
        writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
    if kind == "phi3":
        writer.add_rope_scaling_orig_ctx_len(config["original_max_position_embeddings"])
        writer.add_rope_dimension_count(int(config.get("partial_rotary_factor", 1.0) * hidden) // heads)
        writer.add_sliding_window(config["sliding_window"] or 0)
    if kind == "gemma2":
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
    if kind in ("gemma2", "gemma3_text"):
        writer.add_sliding_window(config["sliding_window"])
    if kind == "gpt_neox":
        writer.add_rope_dimension_count(int(config["rotary_pct"] * (hidden // heads)))
        writer.add_parallel_residual(config.get("use_parallel_residual", True))


def write_tokenizer(writer, tokenizer, get):
    vocabulary = sorted(tokenizer["model"]["vocab"], key=tokenizer["model"]["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary)
    writer.add_token_types([1] * len(vocabulary))
    for add, key in (
        (writer.add_bos_token_id, "bos_token_id"),
        (writer.add_eos_token_id, "eos_token_id"),
        (writer.add_pad_token_id, "pad_token_id"),
    ):
        if get(key) is not None:
            add(get(key))


def rope_divisors(config, head_dim):
    scaling = config["rope_scaling"]
    factor, low, high = scaling["factor"], scaling["low_freq_factor"], scaling["high_freq_factor"]
    original = scaling["original_max_position_embeddings"]
    divisors = []
    for frequency in 1.0 / (config["rope_theta"] ** (np.arange(0, head_dim, 2, dtype=np.float32) / head_dim)):
        wavelength = 2 * math.pi / frequency
        if wavelength < original / high:
            divisors.append(1)
        elif wavelength > original / low:
            divisors.append(factor)
        else:
            smooth = (original / wavelength - low) / (high - low)
            divisors.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(divisors, dtype=np.float32)


def relayout(kind, name, tensor, heads, key_value_heads):
    if kind in ROTARY_PAIRS and re.search(r"[qk]_proj\.(weight|bias)$", name):
        count = heads if "q_proj" in name else key_value_heads
        halves = tensor.reshape(count, 2, tensor.shape[0] // count // 2, *tensor.shape[1:])
        return halves.swapaxes(1, 2).reshape(tensor.shape)
    if kind in ("gemma2", "gemma3_text") and name.endswith("norm.weight"):
        return tensor + np.float32(1)
    if kind == "gpt2" and name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
        return tensor.T
    if kind == "gpt_neox" and "query_key_value" in name:
        by_head = tensor.reshape(heads, 3, tensor.shape[0] // heads // 3, *tensor.shape[1:])
        return np.concatenate([by_head[:, part].reshape(-1, *tensor.shape[1:]) for part in range(3)])
    return tensor


def tensors(source, config, get):
    kind, experts = config["model_type"], {}
    heads, key_value_heads = get("num_attention_heads", "n_head"), get("num_key_value_heads")
    for name, tensor in read_safetensors(source / "model.safetensors"):
        tensor = relayout(kind, name, tensor, heads, key_value_heads)
        if match := EXPERT.fullmatch(name):
            layer, expert, part = match.groups()
            stack = experts.setdefault((layer, part), {})
            stack[int(expert)] = tensor
            if len(stack) < get("num_local_experts", "num_experts"):
                continue
            tensor = np.stack([stack[index] for index in sorted(stack)])
            name = (
                f"layers.{layer}.feed_forward.experts.{part}.weight"
                if part.startswith("w")
                else f"model.layers.{layer}.mlp.experts.{part}.weight"
            )
        yield name, np.ascontiguousarray(tensor)


def convert(source, target):
    config = json.loads((source / "config.json").read_text())

    def get(*keys):
        return next((config[key] for key in keys if config.get(key) is not None), None)

    architecture = ARCHITECTURES[config["model_type"]]
    writer = gguf.GGUFWriter(target, gguf.MODEL_ARCH_NAMES[architecture])
    writer.add_name(f"tiny {source.name}")
    write_config(writer, config, get)
    write_tokenizer(writer, json.loads((source / "tokenizer.json").read_text()), get)
    if (config.get("rope_scaling") or {}).get("rope_type") == "llama3":
        writer.add_tensor("rope_freqs.weight", rope_divisors(config, config["head_dim"]))
    names = gguf.get_tensor_name_map(architecture, get("num_hidden_layers", "n_layer"))
    for name, tensor in tensors(source, config, get):
        stored = names.get_name(name, try_suffixes=(".weight", ".bias"))
        writer.add_tensor(stored, tensor.astype(np.float16) if tensor.ndim > 1 else tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    for checkpoint in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
        convert(checkpoint, Path(sys.argv[2]) / f"{checkpoint.name}.gguf")
