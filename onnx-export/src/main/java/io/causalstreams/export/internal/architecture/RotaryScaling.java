package io.causalstreams.export.internal.architecture;

import java.util.ArrayList;
import java.util.List;

/**
 * Rotary frequencies from {@code rope_theta} and {@code rope_scaling}.
 *
 * <p>The arithmetic, single precision where theirs is, follows transformers' {@code modeling_rope_utils.py}.
 */
final class RotaryScaling {
    private static final String ORIGINAL_LENGTH = "original_max_position_embeddings";
    private static final String LONG_FACTOR = "long_factor";

    private final ModelConfig config;
    private final ModelConfig scaling;
    private final String key;
    private final double theta;
    private final int dimensions;
    private final int maxPositions;

    /**
     * @param scaling the section {@code rope_scaling}
     * @param key how messages call it
     */
    RotaryScaling(ModelConfig config, ModelConfig scaling, String key, double theta, int dimensions, int maxPositions) {
        this.config = config;
        this.scaling = scaling;
        this.key = key;
        this.theta = theta;
        this.dimensions = dimensions;
        this.maxPositions = maxPositions;
    }

    /** Frequencies without scaling: θ^(-2i/d). */
    static List<Float> plain(double theta, int dimensions) {
        List<Float> frequencies = new ArrayList<>();
        for (int i = 0; i < dimensions; i += 2) {
            float exponent = (float) i / dimensions;
            frequencies.add(1f / (float) Math.pow(theta, exponent));
        }
        return frequencies;
    }

    /** The type under {@code rope_type}, or {@code type} in older files. */
    static String type(ModelConfig scaling) {
        return scaling.text("rope_type", scaling.text("type", "default"));
    }

    Rotary rotary() {
        String type = type(scaling);
        return switch (type) {
            // "dynamic" changes frequencies only beyond max_position_embeddings, where the exported graph ends.
            case "default", "dynamic" -> new Rotary(plain(theta, dimensions), 1);
            case "linear" -> linear();
            case "llama3" -> llama3();
            case "yarn" -> yarn();
            case "longrope", "su" -> longRope();
            default ->
                throw config.refused(
                        key + ".rope_type",
                        "is \"%s\"; implemented: default, linear, dynamic, llama3, yarn, longrope".formatted(type));
        };
    }

    private Rotary linear() {
        float factor = (float) factor();
        return new Rotary(plain(theta, dimensions).stream().map(f -> f / factor).toList(), 1);
    }

    /** Long waves are slowed by the factor, short ones stay, between them it is interpolated (Llama 3.1). */
    private Rotary llama3() {
        double factor = factor();
        double low = required("low_freq_factor");
        double high = required("high_freq_factor");
        double original = required("original_max_position_embeddings");
        List<Float> frequencies = new ArrayList<>();
        for (float frequency : plain(theta, dimensions)) {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength > original / low) {
                frequencies.add((float) (frequency / factor));
            } else if (wavelength < original / high) {
                frequencies.add(frequency);
            } else {
                double smooth = (original / wavelength - low) / (high - low);
                frequencies.add((float) ((1 - smooth) * frequency / factor + smooth * frequency));
            }
        }
        return new Rotary(frequencies, 1);
    }

    /** YaRN (arXiv 2309.00071): interpolation by parts and a temperature on the scores. */
    private Rotary yarn() {
        double original = scaling.number("original_max_position_embeddings", maxPositions);
        double factor = factor();
        double betaFast = scaling.number("beta_fast", 32);
        double betaSlow = scaling.number("beta_slow", 1);
        double low = correctionDimension(betaFast, original);
        double high = correctionDimension(betaSlow, original);
        if (scaling.flag("truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, dimensions - 1);
        if (low == high) {
            high += 0.001;
        }
        List<Float> plain = plain(theta, dimensions);
        List<Float> frequencies = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) {
            double interpolated = Math.min(Math.max((i - low) / (high - low), 0), 1);
            double extrapolated = 1 - interpolated;
            frequencies.add((float) (plain.get(i) / factor * (1 - extrapolated) + plain.get(i) * extrapolated));
        }
        return new Rotary(frequencies, (float) yarnAttentionFactor(factor));
    }

    private double yarnAttentionFactor(double factor) {
        if (scaling.has("attention_factor")) {
            return scaling.number("attention_factor", 1);
        }
        double mscale = scaling.number("mscale", 0);
        double mscaleAllDimensions = scaling.number("mscale_all_dim", 0);
        return mscale != 0 && mscaleAllDimensions != 0
                ? yarnScale(factor, mscale) / yarnScale(factor, mscaleAllDimensions)
                : yarnScale(factor, 1);
    }

    static double yarnScale(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    private double correctionDimension(double rotations, double original) {
        return dimensions * Math.log(original / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    /**
     * LongRoPE (arXiv 2402.13753): short factors, and long ones for whole sequences longer than the original length. Without
     * long ones {@link #maxPositions} ends there.
     */
    private Rotary longRope() {
        int original = originalLength(config, scaling, maxPositions);
        double attentionFactor;
        if (scaling.has("attention_factor")) {
            attentionFactor = scaling.number("attention_factor", 1);
        } else {
            double factor = config.has(ORIGINAL_LENGTH) ? (double) maxPositions / original : factor();
            attentionFactor = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        }
        Rotary.Extended extended = scaling.has(LONG_FACTOR) && original < maxPositions
                ? new Rotary.Extended(original, stretched(LONG_FACTOR))
                : null;
        return new Rotary(stretched("short_factor"), (float) attentionFactor, extended);
    }

    private List<Float> stretched(String factors) {
        List<Double> by = scaling.numbers(factors);
        if (by.size() != dimensions / 2) {
            throw config.refused(
                    key + "." + factors, "has %d numbers for %d rotary channels".formatted(by.size(), dimensions));
        }
        List<Float> frequencies = new ArrayList<>();
        for (int i = 0; i < by.size(); i++) {
            float scaled = by.get(i).floatValue() * (float) Math.pow(theta, (float) (2 * i) / dimensions);
            frequencies.add(1f / scaled);
        }
        return frequencies;
    }

    /**
     * Positions for which the frequencies are those of {@link #rotary()}: with LongRoPE without long factors fewer than
     * {@code max_position_embeddings}, with YaRN more where that is still the length before it was extended.
     */
    static int maxPositions(ModelConfig config, ModelConfig scaling, int maxPositions) {
        return switch (type(scaling)) {
            case "longrope", "su" ->
                scaling.has(LONG_FACTOR)
                        ? maxPositions
                        : Math.min(maxPositions, originalLength(config, scaling, maxPositions));
            case "yarn" ->
                (int) Math.max(
                        maxPositions,
                        scaling.size("original_max_position_embeddings", maxPositions) * scaling.number("factor", 1));
            default -> maxPositions;
        };
    }

    private static int originalLength(ModelConfig config, ModelConfig scaling, int maxPositions) {
        return config.size(ORIGINAL_LENGTH, scaling.size(ORIGINAL_LENGTH, maxPositions));
    }

    private double factor() {
        double factor = required("factor");
        if (factor <= 0) {
            throw config.refused(key + ".factor", "is " + factor + ", not positive");
        }
        return factor;
    }

    private double required(String name) {
        if (!scaling.has(name)) {
            throw config.refused(key + "." + name, "is missing");
        }
        return scaling.number(name, 0);
    }
}
