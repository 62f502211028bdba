"""Writes adapters of tiny models, their gradients and the losses of training them, as peft and torch compute them.

    pip install torch transformers safetensors peft
    python lora_goldens.py ../../../../onnx-export/src/test/resources/tiny ../resources/goldens

For every model a folder: the adapter as peft saves it, gradients.safetensors under the same names, and losses.json. Of some also
dropout.json and dropout-gradients.safetensors: one example, with the factors of Dropout.java in place of peft's.
"""

import json
import sys
import zlib
from pathlib import Path

import peft
import safetensors.torch
import torch
import transformers

MODELS = ["llama-tied", "qwen2", "qwen3", "gemma2", "gpt2", "phi3", "granite-bias", "gpt-neox", "glm4"]
MASK = (1 << 64) - 1
DROPPED = ["llama-tied", "phi3"]
DROPOUT = dict(probability=0.3, draw=-5)
STEPS = 10
ADAMW = dict(lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)


def examples(vocabulary):
    """Prompts and completions; of the second batch one example has no prompt to speak of."""
    generator = torch.Generator().manual_seed(7)
    sizes = [[(7, 4), (3, 6), (9, 3)], [(1, 5), (12, 2)]]
    return [
        [(torch.randint(3, vocabulary, (p + c,), generator=generator).tolist(), p) for p, c in batch] for batch in sizes
    ]


def loss_of(model, batch):
    """The mean over all predicted tokens of the batch; every example alone, without padding."""
    total, count = 0.0, 0
    for ids, prompt in batch:
        logits = model(input_ids=torch.tensor([ids])).logits[0]
        total = total + torch.nn.functional.cross_entropy(
            logits[prompt - 1 : -1], torch.tensor(ids[prompt:]), reduction="sum"
        )
        count += len(ids) - prompt
    return total / count


def adapted(directory):
    base = transformers.AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager"
    )
    config = peft.LoraConfig(
        r=4, lora_alpha=6, target_modules="all-linear", use_rslora="qwen" in directory.name, bias="none",
        task_type="CAUSAL_LM",
    )
    model = peft.get_peft_model(base, config)
    generator = torch.Generator().manual_seed(3)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.data = torch.randn(parameter.shape, generator=generator) * 0.1
    own = model.peft_config["default"]
    own.base_model_name_or_path = directory.name
    own.target_modules = sorted(own.target_modules)
    return model.eval()  # no dropout in the base either


def mix(value):
    z = value & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def factors(name, count, probability, draw):
    """As Dropout.java draws them."""
    key = mix(draw + zlib.crc32(name.encode()))
    bits = [mix(key + (i // 2 + 1) * 0x9E3779B97F4A7C15) >> (32 * (i % 2)) & 0xFFFFFFFF for i in range(count)]
    return [0.0 if each < int(probability * 2**32) else 1 / (1 - probability) for each in bits]


class Factors(torch.nn.Module):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def forward(self, x):
        return x * torch.tensor(factors(self.name, x.numel(), **DROPOUT)).reshape(x.shape)


def dropped(model, example, folder):
    """The loss and the gradients of one example where A reads x times the factors."""
    for name, module in model.named_modules():
        if hasattr(module, "lora_dropout"):
            module.lora_dropout["default"] = Factors(name.removeprefix("base_model.model."))
    loss = loss_of(model, [example])
    loss.backward()
    safetensors.torch.save_file(gradients(model), folder / "dropout-gradients.safetensors")
    (folder / "dropout.json").write_text(json.dumps({**DROPOUT, "example": example, "loss": loss.item()}))


def gradients(model):
    return {
        key.replace(".default", ""): parameter.grad.contiguous()
        for key, parameter in model.named_parameters()
        if parameter.grad is not None
    }


def main(models, output):
    for name in MODELS:
        torch.manual_seed(1)
        model = adapted(models / name)
        batches = examples(model.config.vocab_size)
        folder = output / name
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
        loss_of(model, batches[0]).backward()
        safetensors.torch.save_file(gradients(model), folder / "gradients.safetensors")
        if name in DROPPED:
            dropped(adapted(models / name), batches[0][0], folder)
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **ADAMW)
        losses = []
        for step in range(STEPS):
            optimizer.zero_grad()
            loss = loss_of(model, batches[step % 2])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        (folder / "losses.json").write_text(
            json.dumps({"batches": batches, "adamw": ADAMW, "losses": losses}, separators=(",", ":"))
        )
        print(name, losses)


main(Path(sys.argv[1]), Path(sys.argv[2]))
