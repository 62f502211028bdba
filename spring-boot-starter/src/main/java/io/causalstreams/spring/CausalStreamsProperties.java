package io.causalstreams.spring;

import io.causalstreams.inference.Device;
import io.causalstreams.inference.EngineConfig;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the starter reads below {@code causal.streams}, beside the operators' own settings
 * ({@link io.causalstreams.topology.CausalStreamsConfig}), whose keys have the same prefix.
 *
 * @param model directory of an exported model
 * @param models directories of several models by name, instead of {@code model}; a request names one of them
 * @param defaultModel the one of {@code models} that requests get that name none; may be left out where there is only one
 * @param answerPrompts whether prompt events are answered: prompts topic, operator, output topics
 * @param engine sizes of each engine
 */
@ConfigurationProperties("causal.streams")
public record CausalStreamsProperties(
        @Nullable Path model,
        @DefaultValue Map<String, Path> models,
        @Nullable String defaultModel,
        boolean answerPrompts,
        @DefaultValue Engine engine) {

    /**
     * Sizes of an engine; what is left out is as {@link EngineConfig#defaults} has it.
     *
     * @param slots sequences that can be in a batch at once
     * @param maxContextTokens prompt plus completion tokens of one request
     * @param prefillChunkTokens a long prompt is computed in chunks of at most this many tokens
     * @param maxWaiting requests taken beyond the slots before others wait in the topic
     * @param prefixCacheTokens tokens of finished requests whose cache is kept for reuse; 0 = off
     * @param threads threads of one operator of ONNX Runtime
     * @param device what computes the models: {@code cpu}, {@code cuda}, {@code cuda:N} or {@code auto}; on a device the slots that
     *     are left out are as many as its memory holds, at most 256
     */
    public record Engine(
            @Nullable Integer slots,
            @Nullable Integer maxContextTokens,
            @Nullable Integer prefillChunkTokens,
            @Nullable Integer maxWaiting,
            @Nullable Integer prefixCacheTokens,
            @Nullable Integer threads,
            @Nullable String device) {

        /** @throws IllegalArgumentException naming the size that is out of its range */
        EngineConfig config() {
            EngineConfig config = EngineConfig.defaults().withMaxContextTokens(maxContextTokens);
            if (device != null) {
                config = config.withDevice(Device.parse(device));
                config = config.device().kind() == Device.Kind.CPU
                        ? config
                        : config.withSlots(EngineConfig.SLOTS_THAT_FIT);
            }
            config = slots == null ? config : config.withSlots(slots);
            config = prefillChunkTokens == null ? config : config.withPrefillChunkTokens(prefillChunkTokens);
            config = maxWaiting == null ? config : config.withMaxWaiting(maxWaiting);
            config = prefixCacheTokens == null ? config : config.withPrefixCacheTokens(prefixCacheTokens);
            return threads == null ? config : config.withIntraOpThreads(threads);
        }
    }
}
