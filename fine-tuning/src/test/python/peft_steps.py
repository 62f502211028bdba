"""Trains an adapter with peft as `causal-streams tune` trains one, and compares both on other records.

    pip install torch transformers peft gguf
    causal-streams tune --model MODEL --data records.jsonl --output adapter --max-steps 50 --batch-size 8 --validation 0
    python peft_steps.py MODEL records.jsonl adapter test.jsonl 50

MODEL is a checkpoint directory or a GGUF file; records have messages and a label. The order of the records, the learning rates and
all settings are those of `tune`; both adapters begin as peft's do, with other random numbers. Prints the mean loss of the tokens of
the test records' labels: of the model alone, with tune's adapter, and with peft's.
"""

import json
import math
import os
import sys

import peft
import torch
import transformers

RECORDS = 8
PEAK, WARMUP = 5e-4, 0.05
IGNORED = -100


class JavaRandom:
    """java.util.Random, as far as Collections.shuffle asks it."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def next31(self):
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        return self.state >> 17

    def below(self, bound):
        bits = self.next31()
        if bound & (bound - 1) == 0:
            return bound * bits >> 31
        while bits - bits % bound + bound - 1 >= 1 << 31:
            bits = self.next31()
        return bits % bound

    def shuffle(self, items):
        for i in range(len(items), 1, -1):
            j = self.below(i)
            items[i - 1], items[j] = items[j], items[i - 1]


def load(model):
    directory, name = os.path.split(model) if model.endswith(".gguf") else (model, None)
    more = {"gguf_file": name} if name else {}
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory, **more)
    return tokenizer, transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, **more)


def examples(tokenizer, path):
    for line in open(path):
        record = json.loads(line)
        text = tokenizer.apply_chat_template(record["messages"], add_generation_prompt=True, tokenize=False)
        prompt = tokenizer(text, add_special_tokens=False).input_ids
        answer = tokenizer(record["label"], add_special_tokens=False).input_ids + [tokenizer.eos_token_id]
        yield prompt + answer, len(prompt)


def batch(some):
    width = max(len(ids) for ids, _ in some)
    padded = [(ids, width - len(ids), prompt) for ids, prompt in some]
    return {
        "input_ids": torch.tensor([ids + [0] * more for ids, more, _ in padded]),
        "attention_mask": torch.tensor([[1] * len(ids) + [0] * more for ids, more, _ in padded]),
        "labels": torch.tensor([[IGNORED] * prompt + ids[prompt:] + [IGNORED] * more for ids, more, prompt in padded]),
    }


def learning_rate(step, steps):
    warmup = math.ceil(WARMUP * steps)
    if step < warmup:
        return PEAK * (step + 1) / warmup
    return PEAK * (1 + math.cos(math.pi * min(1, (step - warmup) / max(1, steps - warmup)))) / 2


def train(model, data, steps):
    learning = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=PEAK, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    model.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps)
        loss = model(**batch(data[step * RECORDS : (step + 1) * RECORDS])).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        print(f"step {step + 1}: loss {loss.item():.4f}", flush=True)


def mean_loss(model, data):
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for i in range(0, len(data), RECORDS):
            inputs = batch(data[i : i + RECORDS])
            predicted = int((inputs["labels"] != IGNORED).sum())
            total += model(**inputs).loss.item() * predicted
            count += predicted
    return total / count


def main(checkpoint, records, adapter, test, steps):
    torch.manual_seed(0)
    tokenizer, base = load(checkpoint)
    data, held_back = list(examples(tokenizer, records)), list(examples(tokenizer, test))
    JavaRandom(0).shuffle(data)
    JavaRandom(0).shuffle(data)
    print(f"model alone: {mean_loss(base, held_back):.4f}")
    config = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    model = peft.get_peft_model(base, config)
    train(model, data, steps)
    theirs = mean_loss(model, held_back)
    ours = mean_loss(peft.PeftModel.from_pretrained(model.unload(), adapter), held_back)
    print(f"tune: {ours:.4f}, peft: {theirs:.4f}, ratio {ours / theirs:.4f}")


main(*sys.argv[1:5], int(sys.argv[5]))
