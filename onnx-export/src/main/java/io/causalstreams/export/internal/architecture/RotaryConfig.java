package io.causalstreams.export.internal.architecture;

import org.jspecify.annotations.Nullable;

/**
 * The keys of a configuration that say how positions turn heads: {@code rope_theta} and {@code rope_scaling}, or
 * {@code rope_parameters} with both, as newer files have it.
 */
final class RotaryConfig {
    private final ModelConfig config;
    private final ModelConfig keys;
    private final @Nullable ModelConfig scaling;
    private final String scalingKey;
    private final int maxPositions;

    private RotaryConfig(
            ModelConfig config, ModelConfig keys, @Nullable ModelConfig scaling, String scalingKey, int maxPositions) {
        this.config = config;
        this.keys = keys;
        this.scaling = scaling;
        this.scalingKey = scalingKey;
        this.maxPositions = maxPositions;
    }

    /** The keys for all layers. */
    static RotaryConfig of(ModelConfig config, int maxPositions) {
        return of(config, config.section("rope_parameters"), "rope_parameters", maxPositions);
    }

    /** The keys for layers of one type, where {@code rope_parameters} distinguishes them. */
    static RotaryConfig of(ModelConfig config, String layerType, int maxPositions) {
        ModelConfig parameters = config.section("rope_parameters");
        if (parameters == null || !parameters.has(layerType)) {
            return of(config, parameters, "rope_parameters", maxPositions);
        }
        return of(config, parameters.section(layerType), "rope_parameters." + layerType, maxPositions);
    }

    /**
     * Rotary positions of layers of one type that {@code rope_scaling} is not for: those under their name in
     * {@code rope_parameters}, else plain ones.
     */
    static Rotary unscaled(ModelConfig config, String layerType, double absentTheta, int dimensions) {
        ModelConfig parameters = config.section("rope_parameters");
        return parameters != null && parameters.has(layerType)
                ? of(config, layerType, 1).rotary(absentTheta, dimensions)
                : new Rotary(RotaryScaling.plain(of(config, 1).theta(absentTheta), dimensions), 1);
    }

    private static RotaryConfig of(ModelConfig config, @Nullable ModelConfig parameters, String key, int maxPositions) {
        return parameters == null
                ? new RotaryConfig(config, config, config.section("rope_scaling"), "rope_scaling", maxPositions)
                : new RotaryConfig(config, parameters, parameters, key, maxPositions);
    }

    double theta(double absent) {
        return keys.number("rope_theta", absent);
    }

    double partialFactor(double absent) {
        return keys.number("partial_rotary_factor", config.number("partial_rotary_factor", absent));
    }

    /**
     * As {@link #rotary}, but with the base theta · alpha^(d/(d-2)) where the scaling has a factor {@code alpha}: what NTK-aware
     * scaling would be at one length, at all of them.
     */
    Rotary grownByAlpha(double absentTheta, int dimensions) {
        if (scaling == null || !scaling.has("alpha") || dimensions < 4) {
            return rotary(absentTheta, dimensions);
        }
        double alpha = scaling.number("alpha", 1);
        double theta = theta(absentTheta) * Math.pow(alpha, dimensions / (dimensions - 2.0));
        if (!(theta > 1)) {
            throw config.refused(scalingKey + ".alpha", "is %s; it must be positive".formatted(alpha));
        }
        return new Rotary(RotaryScaling.plain(theta, dimensions), 1);
    }

    /** Factor on the scores of latent attention where positions are stretched: the square of YaRN's temperature. */
    double latentScoreFactor() {
        if (scaling == null || RotaryScaling.type(scaling).equals("default")) {
            return 1;
        }
        double mscale = scaling.numberOrOff("mscale_all_dim", 0);
        double temperature = mscale == 0 ? 1 : RotaryScaling.yarnScale(scaling.number("factor", 1), mscale);
        return temperature * temperature;
    }

    /** Positions for which {@link #rotary} holds. */
    int maxPositions() {
        return scaling == null ? maxPositions : RotaryScaling.maxPositions(config, scaling, maxPositions);
    }

    /**
     * The rotation of {@code dimensions} channels.
     *
     * @param absentTheta the family's default of {@code rope_theta}
     */
    Rotary rotary(double absentTheta, int dimensions) {
        if (dimensions < 2 || dimensions % 2 != 0) {
            throw config.refused(
                    "partial_rotary_factor",
                    "leaves %d rotary channels; an even number is needed".formatted(dimensions));
        }
        double theta = theta(absentTheta);
        if (theta <= 1) {
            throw config.refused("rope_theta", "is %s; it must be above 1".formatted(theta));
        }
        return scaling == null
                ? new Rotary(RotaryScaling.plain(theta, dimensions), 1)
                : new RotaryScaling(config, scaling, scalingKey, theta, dimensions, maxPositions).rotary();
    }
}
