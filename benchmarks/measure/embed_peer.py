"""A peer's side of benchmarks/embed: embeds a file of texts once for every line on standard input and prints the seconds of it, or,
for the line 'vectors', the vectors.

  python embed_peer.py fastembed|onnxruntime|onnxruntime-sorted DIRECTORY TEXTS THREADS

DIRECTORY holds model.onnx (input_ids, attention_mask, token_type_ids -> last_hidden_state) and the tokenizer's files, as fastembed
wants them. fastembed: its own TextEmbedding over the same files, its default batch of 256. onnxruntime: the same graph by hand, batches
of 32, padded to their longest text; sorted: longest first, as sentence-transformers does.
"""
import json
import os
import sys
import time

import numpy as np


def fastembed(directory, threads):
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType
    TextEmbedding.add_custom_model(model='local/model', pooling=PoolingType.MEAN, normalization=True,
                                   sources=ModelSource(hf='local/model'), dim=384, model_file='model.onnx')
    model = TextEmbedding('local/model', specific_model_path=directory, threads=threads)
    return lambda texts: np.array(list(model.embed(texts)))


def onnxruntime(directory, threads, is_sorted, batch=32):
    import onnxruntime as ort
    from tokenizers import Tokenizer
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(os.path.join(directory, 'model.onnx'), options, providers=['CPUExecutionProvider'])
    tokenizer = Tokenizer.from_file(os.path.join(directory, 'tokenizer.json'))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()

    def embed(texts):
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i])) if is_sorted else range(len(texts))
        vectors = np.empty((len(texts), 384), np.float32)
        for first in range(0, len(texts), batch):
            rows = [order[i] for i in range(first, min(first + batch, len(texts)))]
            encoded = tokenizer.encode_batch([texts[row] for row in rows])
            mask = np.array([each.attention_mask for each in encoded], np.int64)
            hidden = session.run(None, {'input_ids': np.array([each.ids for each in encoded], np.int64), 'attention_mask': mask,
                                        'token_type_ids': np.zeros_like(mask)})[0]
            sums = (hidden * mask[..., None]).sum(1)
            vectors[rows] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    return embed


def main():
    kind, directory, file, threads = sys.argv[1:]
    texts = open(file, encoding='utf-8').read().splitlines()
    embed = fastembed(directory, int(threads)) if kind == 'fastembed' else onnxruntime(directory, int(threads), kind.endswith('sorted'))
    print('ready', flush=True)
    for command in sys.stdin:
        start = time.perf_counter()
        vectors = embed(texts)
        seconds = time.perf_counter() - start
        if command.strip() == 'vectors':
            for vector in vectors:
                print(json.dumps([float(element) for element in vector]))
            sys.stdout.flush()
        else:
            print(f'{seconds:.6f}', flush=True)


main()
