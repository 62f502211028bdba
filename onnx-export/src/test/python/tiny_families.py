"""Writes tiny random models of families to src/test/resources/tiny, and what transformers computes for them.

    pip install torch transformers safetensors
    python tiny_families.py ../resources/tiny [NAME…]
"""

import copy
import json
import shutil
import sys
from pathlib import Path

import torch
import transformers
from goldens import golden, meta, scatter

COMMON = dict(
    vocab_size=256, hidden_size=32, intermediate_size=48, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2,
    max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=0,
)
YARN = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 32}
WINDOWS = dict(sliding_window=6)
LATENT = dict(
    num_hidden_layers=3, num_key_value_heads=4, moe_intermediate_size=24, kv_lora_rank=24, qk_rope_head_dim=8, n_routed_experts=8,
    num_experts_per_tok=3, first_k_dense_replace=1,
)

MODELS = {
    "glm": ("GlmForCausalLM", dict(head_dim=16, attention_bias=True)),
    "glm4": ("Glm4ForCausalLM", dict(head_dim=16)),
    "cohere": ("CohereForCausalLM", dict(logit_scale=1.0)),
    "cohere2": ("Cohere2ForCausalLM", dict(logit_scale=0.75, **WINDOWS)),
    "olmo3": ("Olmo3ForCausalLM", dict(WINDOWS)),
    "olmo3-yarn": (
        "Olmo3ForCausalLM",
        dict(WINDOWS, rope_parameters={"full_attention": YARN, "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}),
    ),
    "exaone4": ("Exaone4ForCausalLM", dict(head_dim=16, **WINDOWS)),
    "exaone4-full": ("Exaone4ForCausalLM", dict(head_dim=8, sliding_window=None, layer_types=["full_attention"] * 4)),
    "ernie45": ("Ernie4_5ForCausalLM", dict(head_dim=16, use_bias=True)),
    "hunyuan": ("HunYuanDenseV1ForCausalLM", dict(head_dim=16)),
    "hunyuan-alpha": (
        "HunYuanDenseV1ForCausalLM",
        dict(head_dim=24, rope_parameters={"rope_type": "dynamic", "rope_theta": 10000.0, "alpha": 50.0, "factor": 1.0}),
    ),
    "qwen2-moe": (
        "Qwen2MoeForCausalLM",
        dict(
            num_experts=6, num_experts_per_tok=2, moe_intermediate_size=24, shared_expert_intermediate_size=40,
            mlp_only_layers=[1], norm_topk_prob=False,
        ),
    ),
    "gpt-oss": (
        "GptOssForCausalLM",
        dict(
            head_dim=16, num_local_experts=4, num_experts_per_tok=2, sliding_window=6, swiglu_limit=1.5,
            rope_parameters=YARN | {"truncate": False},
        ),
    ),
    "ernie45-moe": (
        "Ernie4_5_MoeForCausalLM",
        dict(
            head_dim=16, moe_num_experts=6, moe_k=3, moe_intermediate_size=24, moe_num_shared_experts=2, moe_layer_start_index=1,
            moe_layer_end_index=2, use_bias=True,
        ),
    ),
    "deepseek2-moe-lite": (
        "DeepseekV2ForCausalLM",
        LATENT | dict(
            q_lora_rank=None, qk_nope_head_dim=16, v_head_dim=16, n_shared_experts=2, topk_method="greedy",
            rope_parameters=YARN | {"mscale": 0.707, "mscale_all_dim": 0.707},
        ),
    ),
    "deepseek2-moe-groups": (
        "DeepseekV2ForCausalLM",
        LATENT | dict(
            q_lora_rank=20, qk_nope_head_dim=8, v_head_dim=24, n_shared_experts=1, topk_method="group_limited_greedy", n_group=4,
            topk_group=2, routed_scaling_factor=1.5, attention_bias=True, mlp_bias=True,
        ),
    ),
    "deepseek3-moe": (
        "DeepseekV3ForCausalLM",
        LATENT | dict(
            q_lora_rank=20, qk_nope_head_dim=16, v_head_dim=12, n_shared_experts=1, n_group=4, topk_group=2,
            rope_parameters=YARN | {"mscale": 1.0, "mscale_all_dim": 0.8},
        ),
    ),
    "deepseek3-moe-kimi": (
        "DeepseekV3ForCausalLM",
        LATENT | dict(
            q_lora_rank=None, qk_nope_head_dim=10, v_head_dim=12, n_shared_experts=2, n_group=1, topk_group=1,
            routed_scaling_factor=2.446, norm_topk_prob=False, rope_interleave=False, tie_word_embeddings=True,
        ),
    ),
    "gemma3-vision": (
        "Gemma3ForConditionalGeneration",
        dict(
            text_config=COMMON | dict(head_dim=16, query_pre_attn_scalar=16, sliding_window=6, sliding_window_pattern=2),
            vision_config=dict(
                hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=28, patch_size=14
            ),
            mm_tokens_per_image=1, image_token_index=255, boi_token_index=254, eoi_token_index=253,
        ),
    ),
}


def main(root, *only):
    """Writes all models, or only those named, and keeps what others there are."""
    goldens = root / "goldens-families.json"
    figures = json.loads(goldens.read_text())["models"] if only else {}
    for name, (architecture, keys) in MODELS.items():
        if only and name not in only:
            continue
        family = getattr(transformers, architecture)
        config = family.config_class(**(keys if "text_config" in keys else COMMON | keys))
        config._attn_implementation = "eager"
        # Gemma's norms keep their weights around zero.
        model = scatter(family(config), seed=4 if "moe" in name else 1, norms=0 if "Gemma" in architecture else 1).eval()
        directory = root / name
        for buffer, correction in model.named_buffers():
            if "correction_bias" in buffer:  # zeros do not show that they are added
                correction.normal_(std=0.3, generator=torch.Generator().manual_seed(6))
        shutil.rmtree(directory, ignore_errors=True)
        if config.get_text_config().tie_word_embeddings:  # a table that is a head too must be small as heads are
            model.get_input_embeddings().weight.data *= 0.4
        stored = copy.deepcopy(model).bfloat16()
        stored.save_pretrained(directory)
        model.load_state_dict(stored.state_dict())
        for file in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
            shutil.copy(root / "llama-tied" / file, directory / file)
        figures[name] = golden(model)
        print(name, max(max(map(abs, row)) for row in figures[name]["logits"]))
    goldens.write_text(
        json.dumps({"meta": meta("more families; as goldens.json"), "models": figures}, separators=(",", ":"))
    )


torch.manual_seed(5)
main(Path(sys.argv[1]), *sys.argv[2:])
