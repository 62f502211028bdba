package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.testkit.ScriptedEngine;
import io.causalstreams.topology.internal.input.InputGate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

    @Test
    void shouldDocumentEverySetting() {
        Documents.assertUpToDate("configuration.md", page());
    }

    @Test
    void shouldNameTheSettingThatIsWrong() {
        assertThatThrownBy(() -> new CausalStreamsConfig(Map.of("causal.streams.overflow", "explode")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("causal.streams.overflow");
        assertThatThrownBy(() -> new CausalStreamsConfig(Map.of("causal.streams.tokens.per.event", "0")))
                .hasMessageContaining("causal.streams.tokens.per.event");
    }

    @Test
    void shouldLetTheUsersKafkaSettingsWin() {
        Map<String, Object> user = Map.of(
                "bootstrap.servers", "b:1",
                "processing.guarantee", "at_least_once",
                "causal.streams.tokens.topic", "t");
        Properties properties = new CausalStreams(ScriptedEngine.saying(""), user).streamsProperties();
        assertThat(properties)
                .containsEntry("processing.guarantee", "at_least_once")
                .containsEntry("bootstrap.servers", "b:1")
                .doesNotContainKey("causal.streams.tokens.topic");
        assertThat(new StreamsConfig(properties)).isNotNull();
    }

    @Test
    void shouldChangeNothingForTheOtherProcessorsOfATopology() {
        Properties properties = new CausalStreams(ScriptedEngine.saying(""), Map.of()).configure(Map.of("poll.ms", 7));
        assertThat(properties)
                .containsEntry("poll.ms", 7)
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsKeys("default.client.supplier", InputGate.PROPERTY)
                .doesNotContainKeys(
                        "application.id", "commit.interval.ms", "max.task.idle.ms", "statestore.cache.max.bytes");
    }

    @Test
    void shouldKeepATransactionAliveLongerThanTheCommitInterval() {
        Properties properties = StreamsDefaults.prompts(Map.of(), 1000, new InputGate());
        assertThat(millis(properties, "producer.transaction.timeout.ms"))
                .isGreaterThanOrEqualTo(millis(properties, "commit.interval.ms"));
        assertThat(properties).containsEntry("processing.guarantee", "exactly_once_v2");
    }

    @Test
    void shouldNotSetSessionTimeoutsTheStreamsProtocolRefuses() {
        assertThat(StreamsDefaults.prompts(Map.of("group.protocol", "streams"), 1000, new InputGate()))
                .doesNotContainKey("consumer.session.timeout.ms");
        assertThat(StreamsDefaults.prompts(Map.of(), 1000, new InputGate())).containsKey("consumer.session.timeout.ms");
    }

    @Test
    void shouldRefuseToSkipPromptsOfAFormatThatWaits() {
        // Given
        ValueFormat format = new ValueFormat() {
            @Override
            public byte[] toJson(String topic, byte[] value) {
                return value;
            }

            @Override
            public byte[] fromJson(String topic, byte[] json) {
                return json;
            }
        };
        Map<String, Object> skips =
                Map.of("processing.exception.handler", LogAndContinueProcessingExceptionHandler.class.getName());
        Map<String, Object> fails = Map.of("processing.exception.handler", LogAndFailProcessingExceptionHandler.class);

        // Then: whichever comes first
        CausalStreams skipping = new CausalStreams(ScriptedEngine.saying(""), skips);
        assertThatThrownBy(() -> skipping.attachTo(new StreamsBuilder(), format))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("processing.exception.handler")
                .hasMessageContaining("LogAndContinueProcessingExceptionHandler");
        skipping.attachTo(new StreamsBuilder());
        assertThat(skipping.configure(skips)).containsAllEntriesOf(skips);

        CausalStreams failing = new CausalStreams(ScriptedEngine.saying(""), fails);
        failing.attachTo(new StreamsBuilder(), format);
        assertThat(failing.configure(fails)).containsAllEntriesOf(fails);
        assertThatThrownBy(() -> failing.configure(skips)).isInstanceOf(ConfigException.class);

        CausalStreams configuredFirst = new CausalStreams(ScriptedEngine.saying(""), Map.of());
        assertThat(configuredFirst.configure(skips)).containsAllEntriesOf(skips);
        assertThatThrownBy(() -> configuredFirst.attachTo(new StreamsBuilder(), format))
                .isInstanceOf(ConfigException.class);
    }

    private static int millis(Properties properties, String key) {
        return Integer.parseInt(String.valueOf(properties.get(key)));
    }

    private static String page() {
        StringBuilder page = new StringBuilder("""
                # Configuration

                One properties file holds the operator's settings, below, and any setting of Kafka Streams and its clients;
                what the file sets wins over the operator's own choice (second table). Bounds are per task, that is per
                partition of the prompts topic. This page is made from `CausalStreamsConfig`.

                | key | type | default | range | meaning |
                |---|---|---|---|---|
                """);
        List<ConfigDef.ConfigKey> keys =
                List.copyOf(CausalStreamsConfig.definition().configKeys().values());
        for (ConfigDef.ConfigKey key : keys) {
            page.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            key.name,
                            key.type.name().toLowerCase(Locale.ROOT),
                            "".equals(key.defaultValue) ? "(empty)" : "`" + key.defaultValue + "`",
                            key.validator == null ? "" : key.validator,
                            key.documentation));
        }
        page.append("\n## What the operator sets in Kafka Streams\n\n| key | value |\n|---|---|\n");
        new TreeMap<>(StreamsDefaults.prompts(Map.of(), 1_040_000, new InputGate())).forEach((key, value) -> {
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                page.append("| `").append(key).append("` | `").append(value).append("` |\n");
            }
        });
        return page.toString();
    }
}
