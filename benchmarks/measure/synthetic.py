"""Checkpoints of random weights in the shapes of known models, for measuring speed; needs numpy, and gguf for GGUF files."""
import json
import os
import shutil
import struct
import subprocess

import numpy

from .machine import ROOT

TOKENIZER = os.path.join(ROOT, 'onnx-export/src/test/resources/tiny/qwen2')
SHARD_BYTES = 4 << 30
SHAPES = {
    'smollm2-135m': dict(layers=30, hidden=576, inner=1536, heads=9, kv=3, vocabulary=49152, tied=True),
    'qwen2.5-0.5b': dict(layers=24, hidden=896, inner=4864, heads=14, kv=2, vocabulary=151936, tied=True),
    'qwen2.5-1.5b': dict(layers=28, hidden=1536, inner=8960, heads=12, kv=2, vocabulary=151936, tied=True),
    'qwen2.5-1.5b-6-layers': dict(layers=6, hidden=1536, inner=8960, heads=12, kv=2, vocabulary=151936, tied=True),
    'qwen2.5-3b': dict(layers=36, hidden=2048, inner=11008, heads=16, kv=2, vocabulary=151936, tied=True),
    'llama-8b': dict(layers=32, hidden=4096, inner=14336, heads=32, kv=8, vocabulary=128256, tied=False),
    'moe-8x2': dict(layers=8, hidden=1024, inner=2048, heads=16, kv=4, vocabulary=32000, tied=False, experts=8, chosen=2),
}


def tensors(shape):
    """(name, name in GGUF, dimensions) of every weight; those of experts have no name in GGUF."""
    hidden, inner, experts = shape['hidden'], shape['inner'], shape.get('experts', 0)
    kv = hidden // shape['heads'] * shape['kv']
    yield 'model.embed_tokens.weight', 'token_embd.weight', (shape['vocabulary'], hidden)
    for layer in range(shape['layers']):
        ours, theirs = f'model.layers.{layer}.', f'blk.{layer}.'
        yield ours + 'input_layernorm.weight', theirs + 'attn_norm.weight', (hidden,)
        for name, stored, rows in (('q', 'q', hidden), ('k', 'k', kv), ('v', 'v', kv)):
            yield f'{ours}self_attn.{name}_proj.weight', f'{theirs}attn_{stored}.weight', (rows, hidden)
            if not experts:
                yield f'{ours}self_attn.{name}_proj.bias', f'{theirs}attn_{stored}.bias', (rows,)
        yield ours + 'self_attn.o_proj.weight', theirs + 'attn_output.weight', (hidden, hidden)
        yield ours + 'post_attention_layernorm.weight', theirs + 'ffn_norm.weight', (hidden,)
        if experts:
            yield ours + 'block_sparse_moe.gate.weight', None, (experts, hidden)
        for expert in range(experts):
            for name, dimensions in (('w1', (inner, hidden)), ('w2', (hidden, inner)), ('w3', (inner, hidden))):
                yield f'{ours}block_sparse_moe.experts.{expert}.{name}.weight', None, dimensions
        if experts:
            continue
        yield ours + 'mlp.gate_proj.weight', theirs + 'ffn_gate.weight', (inner, hidden)
        yield ours + 'mlp.up_proj.weight', theirs + 'ffn_up.weight', (inner, hidden)
        yield ours + 'mlp.down_proj.weight', theirs + 'ffn_down.weight', (hidden, inner)
    yield 'model.norm.weight', 'output_norm.weight', (hidden,)
    if not shape['tied']:
        yield 'lm_head.weight', 'output.weight', (shape['vocabulary'], hidden)


class Weights:
    """Normally distributed numbers; large tensors repeat them from different places on."""

    def __init__(self):
        self.random = numpy.random.default_rng(0)
        self.numbers = self.random.standard_normal(16 << 20).astype(numpy.float32) * 0.02

    def chunks(self, name, count):
        if 'norm' in name:
            yield numpy.ones(count, numpy.float32)
            return
        at = int(self.random.integers(0, 1 << 20))
        while count > 0:
            part = self.numbers[at:at + count]
            yield part
            count -= len(part)
            at = 0


def write_safetensors(directory, shape):
    os.makedirs(directory, exist_ok=True)
    shards, size = [[]], 0
    for name, _, dimensions in tensors(shape):
        count = int(numpy.prod(dimensions))
        if size + 2 * count > SHARD_BYTES:
            shards.append([])
            size = 0
        shards[-1].append((name, dimensions, count))
        size += 2 * count
    weights, places = Weights(), {}
    for number, shard in enumerate(shards, 1):
        file = f'model-{number:05d}-of-{len(shards):05d}.safetensors'
        header, at = {}, 0
        for name, dimensions, count in shard:
            header[name] = dict(dtype='BF16', shape=dimensions, data_offsets=[at, at + 2 * count])
            places[name] = file
            at += 2 * count
        text = json.dumps(header).encode()
        with open(os.path.join(directory, file), 'wb') as out:
            out.write(struct.pack('<Q', len(text)) + text)
            for name, _, count in shard:
                for part in weights.chunks(name, count):
                    out.write((part.view(numpy.uint32) >> 16).astype(numpy.uint16).data)
    with open(os.path.join(directory, 'model.safetensors.index.json'), 'w') as out:
        json.dump(dict(metadata={}, weight_map=places), out)
    with open(os.path.join(directory, 'config.json'), 'w') as out:
        json.dump(
            dict(
                model_type='mixtral' if 'experts' in shape else 'qwen2', num_local_experts=shape.get('experts'),
                num_experts_per_tok=shape.get('chosen'), hidden_size=shape['hidden'], intermediate_size=shape['inner'],
                num_hidden_layers=shape['layers'], num_attention_heads=shape['heads'],
                num_key_value_heads=shape['kv'], vocab_size=shape['vocabulary'], max_position_embeddings=32768,
                rms_norm_eps=1e-6, rope_theta=1e6, tie_word_embeddings=shape['tied'], hidden_act='silu',
                bos_token_id=0, eos_token_id=0),
            out)
    for file in ('tokenizer.json', 'tokenizer_config.json'):
        shutil.copy(os.path.join(TOKENIZER, file), directory)


def write_gguf(file, shape):
    import gguf
    writer = gguf.GGUFWriter(file, 'qwen2')
    writer.add_block_count(shape['layers'])
    writer.add_context_length(32768)
    writer.add_embedding_length(shape['hidden'])
    writer.add_feed_forward_length(shape['inner'])
    writer.add_head_count(shape['heads'])
    writer.add_head_count_kv(shape['kv'])
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_tokenizer_model('gpt2')
    writer.add_token_list([f't{i}' for i in range(shape['vocabulary'])])
    writer.add_token_merges(['t 0'])  # llama.cpp loads no tokenizer of this type without any
    listed = list(tensors(shape))
    for _, stored, dimensions in listed:
        kind = numpy.dtype(numpy.float32 if len(dimensions) == 1 else numpy.float16)
        writer.add_tensor_info(stored, dimensions, kind, int(numpy.prod(dimensions)) * kind.itemsize)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    weights = Weights()
    for name, _, dimensions in listed:
        kind = numpy.float32 if len(dimensions) == 1 else numpy.float16
        parts = [part.astype(kind) for part in weights.chunks(name, int(numpy.prod(dimensions)))]
        writer.write_tensor_data(numpy.concatenate(parts).reshape(dimensions))
    writer.close()


def checkpoint(work, name):
    """The directory of the checkpoint of a shape, written if it is not there."""
    directory = os.path.join(work, name)
    if not os.path.exists(os.path.join(directory, 'config.json')):
        write_safetensors(directory, SHAPES[name])
    return directory


def gguf_files(work, name, quantize, kinds):
    """Files of the same shape in these types of llama.cpp, written by its llama-quantize if they are not there."""
    source = os.path.join(work, name + '-f16.gguf')
    directory = os.path.join(work, name + '-gguf')
    os.makedirs(directory, exist_ok=True)
    if 'experts' in SHAPES[name] and kinds:
        raise SystemExit(f'{name} has experts, of which no GGUF file is written: --kinds ""')
    files = [os.path.join(directory, kind + '.gguf') for kind in kinds]
    for kind, file in zip(kinds, files):
        if not os.path.exists(file):
            if not os.path.exists(source):
                write_gguf(source, SHAPES[name])
            subprocess.run([quantize, source, file, kind, str(os.cpu_count())], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    return files
