"""What transformers computes for a checkpoint, in the form of src/test/resources/tiny/goldens*.json."""

import torch
import transformers


def golden(model, tokens=12, steps=16, seed=7):
    """Logits of random tokens, the tokens that follow greedily, and the logits after them."""
    vocabulary = model.config.get_text_config().vocab_size
    ids = torch.randint(3, vocabulary, (tokens,), generator=torch.Generator().manual_seed(seed)).tolist()

    def logits(of):
        with torch.no_grad():
            return model(torch.tensor([of]), use_cache=False).logits[0].float()

    rows = logits(ids)
    every, margins = list(ids), []
    for _ in range(steps):
        last = logits(every)[-1]
        best = torch.topk(last, 2)
        margins.append(round((best.values[0] - best.values[1]).item(), 5))
        every.append(best.indices[0].item())
    return {
        "arch": [type(model).__name__],
        "input_ids": ids,
        "logits": rounded(rows),
        "greedy_ids": every[tokens:],
        "margins": margins,
        "logits_after_greedy": rounded(logits(every)[-1]),
    }


def rounded(tensor):
    return [rounded(row) for row in tensor] if tensor.dim() > 1 else [round(x, 5) for x in tensor.tolist()]


def meta(notes):
    versions = f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"
    return {"made_with": f"{versions}, float32 CPU eager", "notes": notes}


def scatter(model, seed=1, norms=1):
    """Random weights as large as trained ones, so that logits differ by more than rounding; those of norms around `norms`."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:
            fan_in = parameter.shape[-1]
            parameter.data = torch.randn(parameter.shape, generator=generator) * (1 if "embed" in name else 1.5) / fan_in**0.5
            if "embed" in name:
                parameter.data *= fan_in**0.5 / 2
        else:
            around = norms if "norm" in name and "bias" not in name else 0
            parameter.data = around + 0.2 * torch.randn(parameter.shape, generator=generator)
    return model
