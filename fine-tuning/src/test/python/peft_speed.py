"""Seconds a step of peft on the CPU, with the records, sizes and settings of `causal-streams tune`.

    pip install torch transformers peft
    python peft_speed.py CHECKPOINT records.jsonl STEPS

Records as in docs/fine-tuning.md with messages and a label; 16 to a step, padded to the longest, rank 16 on all projections.
"""

import json
import sys
import time

import peft
import torch
import transformers

RECORDS = 16


def examples(tokenizer, path, count):
    for line in list(open(path))[:count]:
        record = json.loads(line)
        text = tokenizer.apply_chat_template(record["messages"], add_generation_prompt=True, tokenize=False)
        prompt = tokenizer(text, add_special_tokens=False).input_ids
        answer = tokenizer(record["label"] + tokenizer.eos_token, add_special_tokens=False).input_ids
        yield prompt + answer, len(prompt)


def step(model, optimizer, batch):
    width = max(len(ids) for ids, _ in batch)
    padded = [(ids, width - len(ids), prompt) for ids, prompt in batch]
    loss = model(
        input_ids=torch.tensor([ids + [0] * more for ids, more, _ in padded]),
        attention_mask=torch.tensor([[1] * len(ids) + [0] * more for ids, more, _ in padded]),
        labels=torch.tensor([[-100] * prompt + ids[prompt:] + [-100] * more for ids, more, prompt in padded]),
    ).loss
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def main(checkpoint, records, steps):
    torch.manual_seed(0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint)
    base = transformers.AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    config = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    model = peft.get_peft_model(base, config).train()
    learning = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=5e-4, weight_decay=0.01)
    data = list(examples(tokenizer, records, RECORDS * steps))
    times = []
    for i in range(steps):
        batch = data[i * RECORDS : (i + 1) * RECORDS]
        began = time.time()
        loss = step(model, optimizer, batch)
        times.append(time.time() - began)
        print(f"step {i + 1}: loss {loss:.4f}, {sum(len(ids) for ids, _ in batch)} tokens, {times[-1]:.2f} s", flush=True)
    print(f"without the first: {sum(times[1:]) / len(times[1:]):.2f} s a step")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
