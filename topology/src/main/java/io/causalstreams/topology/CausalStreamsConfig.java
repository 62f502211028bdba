package io.causalstreams.topology;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import io.causalstreams.topology.internal.answer.ToolBounds;
import io.causalstreams.topology.internal.journal.RememberBounds;
import io.causalstreams.topology.internal.journal.SessionBounds;
import io.causalstreams.topology.internal.request.OperatorSettings;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Settings of the operator, all with the prefix {@code causal.streams.}; every other key goes to {@link KafkaStreams}.
 *
 * <p>Bounds are per task, that is per partition of the prompts topic. {@code docs/configuration.md} is made from this.
 */
public final class CausalStreamsConfig extends AbstractConfig {

    public static final String PROMPTS_TOPIC_CONFIG = "causal.streams.prompts.topic";
    private static final String PROMPTS_TOPIC_DOC = "Topic prompt events are read from.";

    public static final String TOKENS_TOPIC_CONFIG = "causal.streams.tokens.topic";
    private static final String TOKENS_TOPIC_DOC = "Topic token events are written to; empty = no token events.";

    public static final String COMPLETIONS_TOPIC_CONFIG = "causal.streams.completions.topic";
    private static final String COMPLETIONS_TOPIC_DOC =
            "Topic completion events are written to; empty = no completion events.";

    public static final String DEAD_LETTERS_TOPIC_CONFIG = "causal.streams.dead.letters.topic";
    private static final String DEAD_LETTERS_TOPIC_DOC =
            "Topic for the originals of prompts that could not be read or answered; empty = none.";

    public static final String TOKENS_PER_EVENT_CONFIG = "causal.streams.tokens.per.event";
    private static final String TOKENS_PER_EVENT_DOC = "Tokens of a choice in one event."
            + " The first token is published at once, and none waits longer than causal.streams.max.delay.ms.";

    public static final String MAX_DELAY_MS_CONFIG = "causal.streams.max.delay.ms";
    private static final String MAX_DELAY_MS_DOC = "Longest time a token waits for others of its event.";

    public static final String COMMIT_DELAY_MS_CONFIG = "causal.streams.commit.delay.ms";
    private static final String COMMIT_DELAY_MS_DOC = "Longest time a token event waits for others of its commit."
            + " First tokens and completions do not wait, and take along what does.";

    public static final String PUNCTUATE_MS_CONFIG = "causal.streams.punctuate.ms";
    private static final String PUNCTUATE_MS_DOC =
            "How often the engine's tokens are taken, published and committed. Keep it below poll.ms: then all tasks of a thread"
                    + " run in the same round, and one step of the engine is one commit.";

    public static final String MAX_IN_FLIGHT_CONFIG = "causal.streams.max.in.flight.requests";
    private static final String MAX_IN_FLIGHT_DOC =
            "Requests a task has in the engine at once; the others wait in the journal, by priority and arrival.";

    public static final String JOURNAL_MAX_ENTRIES_CONFIG = "causal.streams.journal.max.entries";
    private static final String JOURNAL_MAX_ENTRIES_DOC =
            "Requests without a completion a task takes before causal.streams.overflow applies.";

    public static final String JOURNAL_MAX_BYTES_CONFIG = "causal.streams.journal.max.bytes";
    private static final String JOURNAL_MAX_BYTES_DOC =
            "Bytes of prompts without a completion a task takes before causal.streams.overflow applies.";

    public static final String OVERFLOW_CONFIG = "causal.streams.overflow";
    private static final String OVERFLOW_DOC =
            "What happens to prompts beyond the journal's bounds. pause: they stay in"
                    + " the topic, as consumer lag, and nothing is lost. reject: they get a completion with error.code REJECTED.";

    public static final String PROMPT_MAX_BYTES_CONFIG = "causal.streams.prompt.max.bytes";
    private static final String PROMPT_MAX_BYTES_DOC = "A prompt event that is longer, with its key and headers, is an"
            + " invalid request. Must be less than causal.streams.record.max.bytes.";

    public static final String REMEMBER_MS_CONFIG = "causal.streams.remember.ms";
    private static final String REMEMBER_MS_DOC =
            "How long a completion is remembered: the same id sent again gets it without being run; 0 = not at all.";

    public static final String REMEMBER_MAX_ENTRIES_CONFIG = "causal.streams.remember.max.entries";
    private static final String REMEMBER_MAX_ENTRIES_DOC = "Completions a task remembers; the oldest goes first.";

    public static final String REMEMBER_MAX_BYTES_CONFIG = "causal.streams.remember.max.bytes";
    private static final String REMEMBER_MAX_BYTES_DOC =
            "Bytes of completions a task remembers; the oldest goes first.";

    public static final String CONVERSATION_BY_KEY_CONFIG = "causal.streams.conversation.by.key";
    private static final String CONVERSATION_BY_KEY_DOC =
            "Whether chats without session_id that have the same record key are one conversation.";

    public static final String CONVERSATION_MAX_MESSAGES_CONFIG = "causal.streams.conversation.max.messages";
    private static final String CONVERSATION_MAX_MESSAGES_DOC =
            "Messages of a conversation that are kept; the oldest are forgotten first, a leading system message stays.";

    public static final String CONVERSATION_MAX_BYTES_CONFIG = "causal.streams.conversation.max.bytes";
    private static final String CONVERSATION_MAX_BYTES_DOC = "Bytes of a conversation that are kept.";

    public static final String CONVERSATION_MAX_COUNT_CONFIG = "causal.streams.conversation.max.count";
    private static final String CONVERSATION_MAX_COUNT_DOC =
            "Conversations a task keeps; the one that rested longest is forgotten first.";

    public static final String CONVERSATION_IDLE_MS_CONFIG = "causal.streams.conversation.idle.ms";
    private static final String CONVERSATION_IDLE_MS_DOC = "A conversation that rests longer is forgotten.";

    public static final String TOOL_MAX_ROUNDS_CONFIG = "causal.streams.tool.max.rounds";
    private static final String TOOL_MAX_ROUNDS_DOC =
            "Rounds of tool calls an agent makes for a record; then it answers with what it knows.";

    public static final String TOOL_RESULT_MS_CONFIG = "causal.streams.tool.result.ms";
    private static final String TOOL_RESULT_MS_DOC =
            "How long an agent waits for the results of a round's calls; then it goes on without those that are missing.";

    public static final String RECORD_MAX_BYTES_CONFIG = "causal.streams.record.max.bytes";
    private static final String RECORD_MAX_BYTES_DOC =
            "Largest record written, key and headers included; a little less than a topic's default max.message.bytes. Sets max.request.size of the producer and"
                    + " max.message.bytes of the changelog; the output topics must take as much. A completion that would be larger"
                    + " leaves out its log-probabilities and reports that in error.";

    public static final String ADAPTERS_TOPIC_CONFIG = "causal.streams.adapters.topic";
    private static final String ADAPTERS_TOPIC_DOC =
            "Compacted topic that adapters are read from, all of it by every process; empty = none.";

    public static final String ADAPTERS_DIRECTORY_CONFIG = "causal.streams.adapters.directory";
    private static final String ADAPTERS_DIRECTORY_DOC =
            "Where fetched adapters are kept, so that requests end with the version"
                    + " that they began with also after a restart; empty = below the directory for temporary files.";

    public static final String ADAPTERS_KEYS_CONFIG = "causal.streams.adapters.keys";
    private static final String ADAPTERS_KEYS_DOC =
            "Public keys (Ed25519), one of which must have signed an adapter: files as"
                    + " openssl pkey -pubout writes them, or their Base64; empty = adapters need no signature.";

    public static final String SHADOWS_TOPIC_CONFIG = "causal.streams.shadows.topic";
    private static final String SHADOWS_TOPIC_DOC =
            "Topic for completions that candidates give in shadow, beside the answers; empty = none do.";

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    PROMPTS_TOPIC_CONFIG,
                    ConfigDef.Type.STRING,
                    "prompts",
                    new ConfigDef.NonEmptyString(),
                    HIGH,
                    PROMPTS_TOPIC_DOC)
            .define(TOKENS_TOPIC_CONFIG, ConfigDef.Type.STRING, "tokens", HIGH, TOKENS_TOPIC_DOC)
            .define(COMPLETIONS_TOPIC_CONFIG, ConfigDef.Type.STRING, "completions", HIGH, COMPLETIONS_TOPIC_DOC)
            .define(DEAD_LETTERS_TOPIC_CONFIG, ConfigDef.Type.STRING, "dead-letters", HIGH, DEAD_LETTERS_TOPIC_DOC)
            .define(TOKENS_PER_EVENT_CONFIG, ConfigDef.Type.INT, 1, atLeast(1), MEDIUM, TOKENS_PER_EVENT_DOC)
            .define(MAX_DELAY_MS_CONFIG, ConfigDef.Type.LONG, 100L, atLeast(0), MEDIUM, MAX_DELAY_MS_DOC)
            .define(COMMIT_DELAY_MS_CONFIG, ConfigDef.Type.LONG, 200L, between(0, 5_000), MEDIUM, COMMIT_DELAY_MS_DOC)
            .define(PUNCTUATE_MS_CONFIG, ConfigDef.Type.LONG, 5L, between(1, 10_000), LOW, PUNCTUATE_MS_DOC)
            .define(MAX_IN_FLIGHT_CONFIG, ConfigDef.Type.INT, 64, atLeast(1), MEDIUM, MAX_IN_FLIGHT_DOC)
            .define(JOURNAL_MAX_ENTRIES_CONFIG, ConfigDef.Type.INT, 2000, atLeast(1), MEDIUM, JOURNAL_MAX_ENTRIES_DOC)
            .define(JOURNAL_MAX_BYTES_CONFIG, ConfigDef.Type.LONG, 32L << 20, atLeast(1), MEDIUM, JOURNAL_MAX_BYTES_DOC)
            .define(
                    OVERFLOW_CONFIG,
                    ConfigDef.Type.STRING,
                    "pause",
                    ValidString.in("pause", "reject"),
                    MEDIUM,
                    OVERFLOW_DOC)
            .define(PROMPT_MAX_BYTES_CONFIG, ConfigDef.Type.INT, 512 << 10, atLeast(1), MEDIUM, PROMPT_MAX_BYTES_DOC)
            .define(REMEMBER_MS_CONFIG, ConfigDef.Type.LONG, 600_000L, atLeast(0), MEDIUM, REMEMBER_MS_DOC)
            .define(REMEMBER_MAX_ENTRIES_CONFIG, ConfigDef.Type.INT, 1000, atLeast(0), LOW, REMEMBER_MAX_ENTRIES_DOC)
            .define(REMEMBER_MAX_BYTES_CONFIG, ConfigDef.Type.LONG, 16L << 20, atLeast(0), LOW, REMEMBER_MAX_BYTES_DOC)
            .define(CONVERSATION_BY_KEY_CONFIG, ConfigDef.Type.BOOLEAN, false, MEDIUM, CONVERSATION_BY_KEY_DOC)
            .define(
                    CONVERSATION_MAX_MESSAGES_CONFIG,
                    ConfigDef.Type.INT,
                    32,
                    atLeast(0),
                    MEDIUM,
                    CONVERSATION_MAX_MESSAGES_DOC)
            .define(
                    CONVERSATION_MAX_BYTES_CONFIG,
                    ConfigDef.Type.INT,
                    64 << 10,
                    between(1, 1 << 19),
                    LOW,
                    CONVERSATION_MAX_BYTES_DOC)
            .define(
                    CONVERSATION_MAX_COUNT_CONFIG,
                    ConfigDef.Type.INT,
                    1000,
                    atLeast(1),
                    LOW,
                    CONVERSATION_MAX_COUNT_DOC)
            .define(
                    CONVERSATION_IDLE_MS_CONFIG,
                    ConfigDef.Type.LONG,
                    3_600_000L,
                    atLeast(0),
                    LOW,
                    CONVERSATION_IDLE_MS_DOC)
            .define(TOOL_MAX_ROUNDS_CONFIG, ConfigDef.Type.INT, 8, atLeast(1), MEDIUM, TOOL_MAX_ROUNDS_DOC)
            .define(TOOL_RESULT_MS_CONFIG, ConfigDef.Type.LONG, 60_000L, atLeast(1), MEDIUM, TOOL_RESULT_MS_DOC)
            .define(
                    RECORD_MAX_BYTES_CONFIG,
                    ConfigDef.Type.INT,
                    1_040_000,
                    atLeast(64 << 10),
                    LOW,
                    RECORD_MAX_BYTES_DOC)
            .define(ADAPTERS_TOPIC_CONFIG, ConfigDef.Type.STRING, "", MEDIUM, ADAPTERS_TOPIC_DOC)
            .define(ADAPTERS_DIRECTORY_CONFIG, ConfigDef.Type.STRING, "", LOW, ADAPTERS_DIRECTORY_DOC)
            .define(ADAPTERS_KEYS_CONFIG, ConfigDef.Type.LIST, "", MEDIUM, ADAPTERS_KEYS_DOC)
            .define(SHADOWS_TOPIC_CONFIG, ConfigDef.Type.STRING, "", MEDIUM, SHADOWS_TOPIC_DOC);

    /** Reads {@code causal.streams.*} of {@code originals}; all other keys are kept for Kafka Streams. */
    public CausalStreamsConfig(Map<?, ?> originals) {
        super(DEFINITION, originals, false);
    }

    /** Every setting with its default. */
    public static CausalStreamsConfig defaults() {
        return new CausalStreamsConfig(Map.of());
    }

    /** What can be set, with types, defaults and documentation. */
    public static ConfigDef definition() {
        return new ConfigDef(DEFINITION);
    }

    ToolBounds tools() {
        return new ToolBounds(getInt(TOOL_MAX_ROUNDS_CONFIG), getLong(TOOL_RESULT_MS_CONFIG));
    }

    OperatorSettings settings() {
        return new OperatorSettings(
                getLong(PUNCTUATE_MS_CONFIG),
                getInt(TOKENS_PER_EVENT_CONFIG),
                getLong(MAX_DELAY_MS_CONFIG),
                getLong(COMMIT_DELAY_MS_CONFIG),
                getInt(MAX_IN_FLIGHT_CONFIG),
                getInt(JOURNAL_MAX_ENTRIES_CONFIG),
                getLong(JOURNAL_MAX_BYTES_CONFIG),
                getString(OVERFLOW_CONFIG).equals("reject"),
                getInt(PROMPT_MAX_BYTES_CONFIG),
                new RememberBounds(
                        getLong(REMEMBER_MS_CONFIG),
                        getInt(REMEMBER_MAX_ENTRIES_CONFIG),
                        getLong(REMEMBER_MAX_BYTES_CONFIG)),
                new SessionBounds(
                        getInt(CONVERSATION_MAX_MESSAGES_CONFIG),
                        getInt(CONVERSATION_MAX_BYTES_CONFIG),
                        getInt(CONVERSATION_MAX_COUNT_CONFIG),
                        getLong(CONVERSATION_IDLE_MS_CONFIG)),
                getBoolean(CONVERSATION_BY_KEY_CONFIG),
                getInt(RECORD_MAX_BYTES_CONFIG));
    }
}
