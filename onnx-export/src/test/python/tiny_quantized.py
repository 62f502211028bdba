"""Writes tiny quantised Llamas below src/test/resources/tiny, one for each format, and their figures.

    pip install torch transformers accelerate safetensors compressed-tensors bitsandbytes gptqmodel
    python tiny_quantized.py ../resources/tiny

Figures are those of transformers' class with the weights that the format's own tool decodes, activations in float32: LLM.int8,
W8A8 and FP8 round activations too where there are kernels for it, and the export does not. Where transformers loads the
checkpoint itself on a CPU and computes so, it is asked too, and must agree; it decodes compressed-tensors in the type of the
scales, which is float32 there for that reason.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from goldens import golden, meta, scatter
from quantized_tensors import awq, bnb4, bnb8, compressed, floats, fp8, gptq, ints
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM, GptOssConfig, GptOssForCausalLM, LlamaConfig, LlamaForCausalLM, Mxfp4Config,
)

torch.manual_seed(3)
HIDDEN, INNER = 64, 128
CONFIG = LlamaConfig(
    vocab_size=256, hidden_size=HIDDEN, intermediate_size=INNER, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, head_dim=16, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=0,
)


def order(w):
    return torch.randperm(w.shape[1]) // 32


FORMATS = {
    "ct-w4a16": lambda w: compressed(w, "pack-quantized", ints(4, "group", group_size=32), torch.float32),
    "ct-w4a16-zero-order": lambda w: compressed(w, "pack-quantized", ints(4, "group", False, group_size=32), order=order(w)),
    "ct-w8a8": lambda w: compressed(w, "int-quantized", ints(8, "channel")),
    "ct-fp8": lambda w: compressed(w, "float-quantized", floats("channel")),
    "fp8-blocks": lambda w: fp8(w, (32, 32)),
    "awq": lambda w: awq(w, 32),
    "gptq-v1-order": lambda w: gptq(w, 4, 32, order=order(w)),
    "gptq-8-v2": lambda w: gptq(w, 8, 64, version=2),
    "bnb-nf4": lambda w: bnb4(w, "nf4", True),
    "bnb-int8": bnb8,
}
LOADED_BY_TRANSFORMERS = {"ct-w4a16", "fp8-blocks", "bnb-nf4"}


def main(root):
    base = scatter(LlamaForCausalLM(CONFIG)).eval()
    figures = {}
    for name, quantised in FORMATS.items():
        model = LlamaForCausalLM(CONFIG).eval()
        model.load_state_dict(base.state_dict())
        stored, config = {}, CONFIG.to_dict()
        for parameter, w in base.state_dict().items():
            module = parameter.removesuffix(".weight")
            if "_proj" in parameter:
                config["quantization_config"], parts, expected = quantised(w)
                stored |= {f"{module}.{part}": tensor.contiguous() for part, tensor in parts.items()}
            else:
                stored[parameter] = w.bfloat16().contiguous()
                expected = stored[parameter].float()
            model.get_parameter(parameter).data = expected
        config["architectures"] = ["LlamaForCausalLM"]
        config["quantization_config"]["modules_to_not_convert"] = ["lm_head"]
        directory = write(root, name, stored, config)
        figures[name] = golden(model.float())
        if name in LOADED_BY_TRANSFORMERS:
            loaded = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, **loading(name)).eval()
            if name.startswith("bnb"):
                loaded = loaded.dequantize().float()  # its products on a CPU are of bfloat16
            difference = max(
                abs(a - b)
                for ours, theirs in zip(figures[name]["logits"], golden(loaded)["logits"])
                for a, b in zip(ours, theirs)
            )
            print(name, "loaded by transformers: logits differ by", difference)
            assert difference < 1e-4, name
    figures["gpt-oss-mxfp4"] = gpt_oss(root)
    (root / "goldens-quantized.json").write_text(
        json.dumps({"meta": meta("quantised checkpoints; as goldens.json"), "models": figures}, separators=(",", ":"))
    )


def gpt_oss(root):
    """Experts in MXFP4, all else in bfloat16."""
    yarn = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 32, "truncate": False}
    config = GptOssConfig(
        vocab_size=256, hidden_size=HIDDEN, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=16, num_local_experts=3, num_experts_per_tok=2, sliding_window=6,
        max_position_embeddings=128, rope_parameters=yarn, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )
    stored = {}
    for name, w in scatter(GptOssForCausalLM(config)).state_dict().items():
        if w.dim() == 3:
            experts, inputs, outputs = w.shape
            stored[name + "_blocks"] = torch.randint(0, 256, (experts, outputs, inputs // 32, 16), dtype=torch.uint8)
            stored[name + "_scales"] = torch.randint(122, 125, (experts, outputs, inputs // 32), dtype=torch.uint8)
        else:
            stored[name] = w.bfloat16().contiguous()
    keys = config.to_dict() | {"architectures": ["GptOssForCausalLM"], "quantization_config": {"quant_method": "mxfp4"}}
    directory = write(root, "gpt-oss-mxfp4", stored, keys)
    loaded = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", quantization_config=Mxfp4Config(dequantize=True)
    )
    return golden(loaded.eval())


def write(root, name, stored, config):
    directory = root / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    save_file(stored, directory / "model.safetensors", {"format": "pt"})
    (directory / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    for file in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(root / "llama-tied" / file, directory / file)
    return directory


def loading(name):
    from transformers import CompressedTensorsConfig, FineGrainedFP8Config

    if name.startswith("ct-"):
        return {"quantization_config": CompressedTensorsConfig(run_compressed=False)}
    if name.startswith("fp8"):
        return {"quantization_config": FineGrainedFP8Config(dequantize=True, weight_block_size=(32, 32))}
    return {}


main(Path(sys.argv[1]))
