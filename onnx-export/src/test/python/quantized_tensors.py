"""Writes src/test/resources/checkpoint/quantized-tensors.*: random tensors in the formats of quantised checkpoints, and what
the formats' own tools make of them.

    pip install torch transformers safetensors compressed-tensors bitsandbytes gptqmodel
    python quantized_tensors.py ../resources/checkpoint

Scales are given to the tools as float32: they compute in the type of the scales, and a half would round once more.
"""

import copy
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

# Every format: from a matrix to quantization_config, the parts by the name behind the module's, and the numbers in float32.


def compressed(w, fmt, weights, scale_type=torch.bfloat16, order=None):
    """compressed-tensors; `order`: the group of each column, as versions up to 0.12 store it."""
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32, unpack_from_int32
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
    from compressed_tensors.quantization.utils import calculate_qparams

    rows, columns = w.shape
    args = QuantizationArgs(**weights)
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    if args.strategy == "tensor":
        low, high = w.min().reshape(1), w.max().reshape(1)
    elif args.strategy == "block":
        height, width = args.block_structure
        padded = torch.nn.functional.pad(w, (0, -columns % width, 0, -rows % height))
        blocks = padded.reshape(padded.shape[0] // height, height, padded.shape[1] // width, width)
        low, high = blocks.amin((1, 3)), blocks.amax((1, 3))
    else:
        grouped = w.reshape(rows, -1, args.group_size or columns)
        low, high = grouped.amin(-1), grouped.amax(-1)
    scale, zero_point = calculate_qparams(low, high, args)
    state = {"weight": w, "weight_scale": scale.to(scale_type).float()}
    if not args.symmetric:
        state["weight_zero_point"] = zero_point
    compressor = BaseCompressor.get_value_from_registry(fmt)
    parts = compressor.compress(copy.copy(state), scheme)
    expected = compressor.decompress(copy.copy(parts), scheme)["weight"]
    parts["weight_scale"] = parts["weight_scale"].to(scale_type)
    if order is not None:
        codes = unpack_from_int32(parts["weight_packed"], args.num_bits, torch.Size((rows, columns)))
        inverse = torch.argsort(torch.argsort(order, stable=True), stable=True)
        parts["weight_packed"] = pack_to_int32(codes[:, inverse].contiguous(), args.num_bits)
        parts["weight_g_idx"] = order.to(torch.int32)
        expected = expected[:, inverse]
        weights = weights | {"actorder": "group"}
    config = {
        "quant_method": "compressed-tensors",
        "format": fmt,
        "quantization_status": "compressed",
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights}},
        "ignore": ["lm_head"],
    }
    return config, parts, expected


def ints(bits, strategy, symmetric=True, **more):
    return {"num_bits": bits, "type": "int", "strategy": strategy, "symmetric": symmetric, **more}


def floats(strategy, **more):
    return {"num_bits": 8, "type": "float", "strategy": strategy, "symmetric": True, **more}


def fp8(w, block, scale_type=torch.float32):
    """FP8 with weight_scale_inv."""
    from transformers.integrations.finegrained_fp8 import Fp8Dequantize

    (rows, columns), (height, width) = w.shape, block
    # The tool itself wants whole blocks.
    padded = torch.nn.functional.pad(w, (0, -columns % width, 0, -rows % height))
    blocks = padded.reshape(padded.shape[0] // height, height, padded.shape[1] // width, width)
    scale = (blocks.abs().amax((1, 3)) / 400).to(scale_type)
    q = (blocks / scale.float()[:, None, :, None]).reshape(padded.shape).to(torch.float8_e4m3fn)
    expected = Fp8Dequantize(None)._dequantize_one(q, scale, torch.float32)[:rows, :columns]
    config = {"quant_method": "fp8", "weight_block_size": list(block), "activation_scheme": "dynamic"}
    return config, {"weight": q[:rows, :columns], "weight_scale_inv": scale}, expected


def packed(codes, bits):
    """Codes of the last dimension in int32 words, the first in the lowest bits."""
    every = np.unpackbits(codes.numpy().astype(np.uint8)[..., None], axis=-1, bitorder="little")[..., :bits]
    words = np.packbits(every.reshape(*codes.shape[:-1], -1), axis=-1, bitorder="little")
    return torch.from_numpy(words.copy()).view(torch.int32)


def asymmetric(w, bits, group):
    """Codes (outputs, inputs), zero points and scales (groups, outputs) of the nearest grid with the group's range."""
    outputs, inputs = w.shape
    grouped = w.reshape(outputs, -1, group)
    low, high = grouped.amin(-1).clamp(max=0), grouped.amax(-1).clamp(min=0)
    scales = ((high - low) / ((1 << bits) - 1)).half().float()
    zeros = (-low / scales).round().clamp(0, (1 << bits) - 1)
    codes = (grouped / scales[..., None] + zeros[..., None]).round().clamp(0, (1 << bits) - 1)
    return codes.reshape(outputs, inputs).int(), zeros.T.int(), scales.T.half()


def awq(w, group):
    from gptqmodel.quantization.awq.utils.packing_utils import dequantize_gemm

    size = w.shape[1] if group == -1 else group
    codes, zeros, scales = asymmetric(w, 4, size)
    order = [0, 2, 4, 6, 1, 3, 5, 7]  # AutoAWQ's WQLinear_GEMM.from_linear

    def interleaved(lines):
        return packed(lines.reshape(lines.shape[0], -1, 8)[:, :, order].reshape(lines.shape), 4)

    qweight, qzeros = interleaved(codes.T.contiguous()), interleaved(zeros.contiguous())
    expected = dequantize_gemm(qweight, qzeros, scales.float(), 4, size).T
    config = {"quant_method": "awq", "version": "gemm", "bits": 4, "group_size": group, "zero_point": True}
    return config, {"qweight": qweight, "qzeros": qzeros, "scales": scales}, expected


def gptq(w, bits, group, order=None, version=1):
    """`order`: the group of each column (act-order)."""
    from gptqmodel.nn_modules.qlinear.torch import TorchLinear
    from gptqmodel.utils.model import convert_gptq_v1_to_v2_format_module, convert_gptq_v2_to_v1_format_module
    from gptqmodel.quantization.config import QuantizeConfig

    outputs, inputs = w.shape
    size = inputs if group == -1 else group
    codes, zeros, scales = asymmetric(w, bits, size)
    g_idx = torch.arange(inputs) // size
    if order is not None:
        codes, g_idx = codes[:, torch.argsort(torch.argsort(order, stable=True), stable=True)], order
    module = TorchLinear(
        bits=bits, group_size=group, sym=False, desc_act=order is not None, in_features=inputs, out_features=outputs
    )
    module.qweight, module.qzeros = packed(codes.contiguous(), bits).T.contiguous(), packed(zeros.contiguous(), bits)
    module.scales, module.g_idx = scales.float(), g_idx.to(torch.int32)
    if version == 1:
        convert_gptq_v2_to_v1_format_module(module, quantize_config=QuantizeConfig(bits=bits))
    parts = {"qweight": module.qweight, "qzeros": module.qzeros.clone(), "scales": scales, "g_idx": module.g_idx}
    if version == 1:
        convert_gptq_v1_to_v2_format_module(module, bits=bits, pack_dtype=torch.int32)
    expected = module.dequantize_weight().T
    config = {
        "quant_method": "gptq",
        "bits": bits,
        "group_size": group,
        "desc_act": order is not None,
        "sym": False,
        "checkpoint_format": "gptq" if version == 1 else "gptq_v2",
    }
    return config, parts, expected


def bnb4(w, kind, double, block=64):
    import bitsandbytes.functional as bnb

    q, state = bnb.quantize_4bit(w, blocksize=block, compress_statistics=double, quant_type=kind)
    expected = bnb.dequantize_4bit(q, state) + 0.0  # its kernels give the zero of FP4 a sign, or not, by the shape
    parts = {"weight": q} | {f"weight.{part}": tensor for part, tensor in state.as_dict(packed=True).items()}
    config = {
        "quant_method": "bitsandbytes",
        "load_in_4bit": True,
        "load_in_8bit": False,
        "bnb_4bit_quant_type": kind,
        "bnb_4bit_use_double_quant": double,
        "bnb_4bit_compute_dtype": "float32",
    }
    return config, parts, expected


def bnb8(w):
    import bitsandbytes.functional as bnb

    q, scb, _ = bnb.int8_vectorwise_quant(w.half())
    config = {"quant_method": "bitsandbytes", "load_in_8bit": True, "load_in_4bit": False}
    parts = {"weight": q, "SCB": scb, "weight_format": torch.tensor(0, dtype=torch.uint8)}
    return config, parts, bnb.int8_vectorwise_dequant(q, scb)


def mxfp4(experts, rows, columns, expert):
    """Random codes; of the stacked experts, the numbers of one."""
    from transformers.integrations.mxfp4 import convert_moe_packed_tensors

    blocks = torch.randint(0, 256, (experts, rows, columns // 32, 16), dtype=torch.uint8)
    scales = torch.randint(110, 140, (experts, rows, columns // 32), dtype=torch.uint8)
    parts = {"experts.down_proj_blocks": blocks, "experts.down_proj_scales": scales}
    expected = convert_moe_packed_tensors(blocks, scales, dtype=torch.float32)[expert]
    return {"quant_method": "mxfp4"}, parts, expected


def tensors():
    def random(rows, columns):
        return torch.randn(rows, columns) * (0.5 + torch.rand(rows, 1))

    def order(columns, group):
        return torch.randperm(columns) // group

    pack, whole = "pack-quantized", "int-quantized"
    return {
        "ct-w4-group": compressed(random(13, 96), pack, ints(4, "group", group_size=32)),
        "ct-w4-group-zero": compressed(random(11, 128), pack, ints(4, "group", False, group_size=64), torch.float16),
        "ct-w4-channel": compressed(random(7, 45), pack, ints(4, "channel")),
        "ct-w4-channel-zero": compressed(random(9, 40), pack, ints(4, "channel", False), torch.float32),
        "ct-w4-actorder": compressed(random(5, 128), pack, ints(4, "group", group_size=32), order=order(128, 32)),
        "ct-w8-group": compressed(random(6, 256), pack, ints(8, "group", group_size=128)),
        "ct-w3-group": compressed(random(6, 96), pack, ints(3, "group", group_size=32)),
        "ct-w8-int-channel": compressed(random(9, 33), whole, ints(8, "channel")),
        "ct-w8-int-tensor": compressed(random(5, 17), whole, ints(8, "tensor"), torch.float32),
        "ct-w8-int-zero": compressed(random(6, 19), whole, ints(8, "channel", False)),
        "ct-w8-naive-group": compressed(random(6, 64), "naive-quantized", ints(8, "group", group_size=32)),
        "ct-fp8-channel": compressed(random(9, 33), "float-quantized", floats("channel")),
        "ct-fp8-tensor": compressed(random(5, 17), "float-quantized", floats("tensor"), torch.float32),
        "ct-fp8-block": compressed(random(37, 50), "float-quantized", floats("block", block_structure=[16, 24])),
        "fp8-blocks": fp8(random(130, 128), (128, 128)),
        "fp8-partial-blocks": fp8(random(70, 49), (32, 16), torch.bfloat16),
        "awq-g32": awq(random(24, 96), 32),
        "awq-g128": awq(random(8, 256), 128),
        "awq-one-group": awq(random(16, 40), -1),
        "gptq-4-v1": gptq(random(64, 128), 4, 32),
        "gptq-4-v2": gptq(random(32, 128), 4, 64, version=2),
        "gptq-4-actorder": gptq(random(32, 128), 4, 32, order=order(128, 32)),
        "gptq-8-v1": gptq(random(32, 64), 8, 32),
        "gptq-3-v1": gptq(random(32, 64), 3, 32),
        "gptq-2-v2": gptq(random(32, 64), 2, -1, version=2),
        "bnb-nf4": bnb4(random(12, 40), "nf4", False),
        "bnb-nf4-double": bnb4(random(70, 256), "nf4", True),
        "bnb-fp4-double": bnb4(random(33, 130), "fp4", True, block=128),
        "bnb-int8": bnb8(random(9, 31)),
        "mxfp4": mxfp4(2, 12, 96, expert=1),
    }


def main(target):
    torch.manual_seed(20)
    stored, cases = {}, {}
    for name, (config, parts, expected) in tensors().items():
        assert expected.dtype == torch.float32, name
        stored |= {f"{name}.{part}": tensor.contiguous() for part, tensor in parts.items()}
        stored[f"expected.{name}"] = expected.contiguous()
        weight = "experts.down_proj.1" if name == "mxfp4" else "weight"
        cases[name] = {"quantization_config": config, "weight": f"{name}.{weight}"}
    save_file(stored, target / "quantized-tensors.safetensors")
    (target / "quantized-tensors.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
