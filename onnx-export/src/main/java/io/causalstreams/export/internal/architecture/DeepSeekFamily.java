package io.causalstreams.export.internal.architecture;

import io.causalstreams.export.internal.weight.ChannelOrder;
import io.causalstreams.export.internal.weight.Projection;
import io.causalstreams.export.internal.weight.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * DeepSeek-V2 and V3, and what kept their class (Moonlight, Kimi K2): multi-head latent attention, experts beside shared ones.
 *
 * <p>The cache holds keys and values of every head, not the latent vectors they are made of. A head here begins with the
 * channels that turn, those of its key the same in all heads; values are filled up with zeros to the size of keys:
 *
 * <pre>
 *   z     = norm(W_down · x) ‖ W_shared · x
 *   key   = (0 I; W_key 0) · z      head by head
 *   value = (W_value 0) · z
 * </pre>
 */
final class DeepSeekFamily implements Family {
    /** Of the norms of latent vectors, whatever the configuration says of others. */
    private static final double LATENT_EPSILON = 1e-6;

    @Override
    public List<String> modelTypes() {
        return List.of("deepseek_v2", "deepseek_v3");
    }

    @Override
    public Decoder describe(ModelConfig config, Tensors tensors) {
        LlamaStyle style = new LlamaStyle(config, tensors, 0, 0);
        RotaryConfig positions = RotaryConfig.of(config, style.maxPositions);
        LatentHeads heads = LatentHeads.of(config, positions);
        boolean third = config.modelType().equals("deepseek_v3");
        int dense = config.count("first_k_dense_replace", third ? 3 : 0);
        config.require("moe_layer_freq", "1");
        // Layers behind the last one guess further tokens; transformers leaves them out too.
        IntStream.range(0, config.count("num_nextn_predict_layers", 0))
                .forEach(i -> style.layer(style.layerCount() + i).leaveOut());
        return new Decoder(
                style.tokenTable(),
                1,
                null,
                style.layers(i -> DecoderLayer.preNorm(
                        style.rms(style.layer(i), "input_layernorm", style.hidden, 1e-6),
                        heads.attention(style, style.layer(i).at("self_attn.")),
                        style.rms(style.layer(i), "post_attention_layernorm", style.hidden, 1e-6),
                        i < dense ? style.gated(i, activation(config), mlpBias(config)) : experts(config, style, i))),
                style.rms(style.model, "norm", style.hidden, 1e-6),
                style.head(false),
                0,
                positions.maxPositions());
    }

    private static Activation activation(ModelConfig config) {
        return Activation.of(config, "hidden_act", "silu");
    }

    private static boolean mlpBias(ModelConfig config) {
        return config.modelType().equals("deepseek_v2") && config.flag("mlp_bias", false);
    }

    private static FeedForward experts(ModelConfig config, LlamaStyle style, int layer) {
        boolean third = config.modelType().equals("deepseek_v3");
        Tensors mlp = style.layer(layer).at("mlp.");
        int count = config.size("n_routed_experts", third ? 256 : 64);
        int inner = config.size("moe_intermediate_size", third ? 2048 : 1407);
        Projection router = mlp.projection("gate", count, style.hidden, false);
        return new FeedForward.Experts(
                third ? thirdRouting(config, router, mlp) : secondRouting(config, router),
                IntStream.range(0, count)
                        .mapToObj(e -> gated(config, style, mlp.at("experts." + e + "."), inner, false))
                        .toList(),
                new FeedForward.SharedExpert(
                        gated(
                                config,
                                style,
                                mlp.at("shared_experts."),
                                inner * config.size("n_shared_experts", third ? 1 : 2),
                                mlpBias(config)),
                        null));
    }

    private static FeedForward.Gated gated(ModelConfig config, LlamaStyle style, Tensors at, int inner, boolean bias) {
        return style.gated(at, "gate_proj", "up_proj", "down_proj", inner, activation(config), bias);
    }

    /** The largest probabilities, maybe of the groups with the largest one; {@code norm_topk_prob} has no effect. */
    private static Routing secondRouting(ModelConfig config, Projection router) {
        config.require("topk_method", "greedy", "group_limited_greedy");
        config.require("scoring_func", "softmax");
        boolean grouped = config.text("topk_method", "greedy").equals("group_limited_greedy");
        return new Routing(
                router,
                Routing.Score.SOFTMAX,
                null,
                grouped ? groups(config, config.size("n_group"), config.size("topk_group"), 1) : null,
                config.size("num_experts_per_tok"),
                false,
                config.number("routed_scaling_factor", 1));
    }

    private static Routing thirdRouting(ModelConfig config, Projection router, Tensors mlp) {
        config.require("topk_method", "noaux_tc");
        config.require("scoring_func", "sigmoid");
        return new Routing(
                router,
                Routing.Score.SIGMOID,
                mlp.vector("gate.e_score_correction_bias", router.outputs()),
                groups(config, config.size("n_group", 8), config.size("topk_group", 4), 2),
                config.size("num_experts_per_tok", 8),
                config.flag("norm_topk_prob", true),
                config.number("routed_scaling_factor", 2.5));
    }

    private static Routing.@Nullable Groups groups(ModelConfig config, int count, int chosen, int scored) {
        if (chosen > count) {
            throw config.refused("topk_group", "is %d of %d groups (n_group)".formatted(chosen, count));
        }
        return chosen == count ? null : new Routing.Groups(count, chosen, scored);
    }

    /**
     * Sizes of heads.
     *
     * @param still channels of queries and keys that do not turn
     * @param values channels of values
     * @param rank of latent vectors that keys and values are made of
     * @param queryRank the same of queries; 0: they are made of x
     * @param neighbours whether channels that turn together are stored as neighbours
     */
    private record LatentHeads(
            Rotary rotary,
            int still,
            int values,
            int rank,
            int queryRank,
            boolean neighbours,
            boolean bias,
            double scale) {

        static LatentHeads of(ModelConfig config, RotaryConfig positions) {
            int still = config.size("qk_nope_head_dim", 128);
            int turning = config.size("qk_rope_head_dim", 64);
            return new LatentHeads(
                    positions.rotary(10_000, turning),
                    still,
                    config.size("v_head_dim", 128),
                    config.size("kv_lora_rank", 512),
                    config.sizeOrOff("q_lora_rank", 1536),
                    config.flag("rope_interleave", true),
                    config.flag("attention_bias", false),
                    positions.latentScoreFactor() / Math.sqrt(still + turning));
        }

        /** Channels of a head, of keys and of values: the larger of both. */
        int headDim() {
            return Math.max(rotary.dimensions() + still, values);
        }

        Attention attention(LlamaStyle style, Tensors self) {
            Projection keysAndValues = self.projection("kv_b_proj", style.heads * (still + values), rank, false);
            Projection down = self.projection("kv_a_proj_with_mqa", rank + rotary.dimensions(), style.hidden, bias);
            LatentInputs inputs = new LatentInputs(
                    queryRank == 0
                            ? null
                            : lowRank(
                                    self.projection("q_a_proj", queryRank, style.hidden, bias), self, "q_a_layernorm"),
                    lowRank(down.rows(0, rank), self, "kv_a_layernorm"),
                    down.rows(rank, rotary.dimensions()).withOutputs(turningOrder(0, rotary.dimensions())));
            return Attention.plain(
                            style.heads,
                            style.heads,
                            headDim(),
                            query(style, self),
                            keys(style.heads, keysAndValues.weight()),
                            values(style.heads, keysAndValues.weight()),
                            self.projection("o_proj", style.hidden, style.heads * values, bias)
                                    .withInputs(ChannelOrder.padded(values, headDim())
                                            .repeated(style.heads)),
                            rotary)
                    .withLatent(inputs)
                    .withScale(scale);
        }

        private static LatentInputs.LowRank lowRank(Projection down, Tensors self, String norm) {
            return new LatentInputs.LowRank(
                    down, Norm.rms(self.vector(norm + ".weight", down.outputs()), LATENT_EPSILON));
        }

        /** Stored with the channels that turn behind the others. */
        private Projection query(LlamaStyle style, Tensors self) {
            int size = style.heads * (still + rotary.dimensions());
            Projection stored = queryRank == 0
                    ? self.projection("q_proj", size, style.hidden, false)
                    : self.projection("q_b_proj", size, queryRank, false);
            ChannelOrder turning = turningOrder(still, still + rotary.dimensions());
            int[] sources = IntStream.range(0, headDim())
                    .map(c -> c < turning.size()
                            ? turning.get(c)
                            : c - turning.size() < still ? c - turning.size() : ChannelOrder.ZERO)
                    .toArray();
            return stored.withOutputs(
                    ChannelOrder.of(still + rotary.dimensions(), sources).repeated(style.heads));
        }

        private Projection keys(int heads, Weight stored) {
            Weight shared = Weight.units("1", rotary.dimensions(), rank + rotary.dimensions(), rank);
            List<Weight> parts = new ArrayList<>();
            for (int head = 0; head < heads; head++) {
                parts.add(shared);
                parts.add(ofLatent(stored.withRows(ChannelOrder.range(stored.rows(), head * (still + values), still))));
            }
            ChannelOrder filledUp = ChannelOrder.padded(rotary.dimensions() + still, headDim());
            return new Projection(Weight.stack(parts).withRows(filledUp.repeated(heads)), null);
        }

        private Projection values(int heads, Weight stored) {
            int[] sources = IntStream.range(0, headDim())
                    .map(c -> c < values ? still + c : ChannelOrder.ZERO)
                    .toArray();
            ChannelOrder order = ChannelOrder.of(still + values, sources).repeated(heads);
            return new Projection(ofLatent(stored.withRows(order)), null);
        }

        /** Zeros for the channels that all heads share. */
        private Weight ofLatent(Weight weight) {
            return weight.withColumns(ChannelOrder.padded(rank, rank + rotary.dimensions()));
        }

        /** The channels that turn, which begin at {@code first} of {@code size}, in halves. */
        private ChannelOrder turningOrder(int first, int size) {
            int pairs = rotary.pairs();
            int[] sources = IntStream.range(0, 2 * pairs)
                    .map(c -> first + (neighbours ? 2 * (c % pairs) + c / pairs : c))
                    .toArray();
            return ChannelOrder.of(size, sources);
        }
    }
}
