package io.causalstreams.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.kafka.BrokerWait;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.PromptSender;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.topology.CausalStreamsConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prompts into the topic. */
@Command(
        name = "produce",
        description = {
            "Sends prompts: the one on the command line, or the lines of a file or of stdin.",
            "A line that starts with '{' is sent as it is; any other becomes the user's message of a chat.",
            "Prints the id of each prompt."
        },
        mixinStandardHelpOptions = true)
final class ProduceCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private final ValueFormatOption values = new ValueFormatOption();

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The user's message, or a prompt event as JSON.")
    private @Nullable String prompt;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Lines to send; '-' = stdin (default without a prompt).")
    private @Nullable String input;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Default prompts, or causal.streams.prompts.topic in --config.")
    private @Nullable String topic;

    @Option(names = "--key", paramLabel = "KEY", description = "Record key; default the prompt's id, if it has one.")
    private @Nullable String key;

    @Option(names = "--id", paramLabel = "ID", description = "Id of the one prompt; default topic-partition-offset.")
    private @Nullable String id;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message of chats.")
    private @Nullable String system;

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "256", description = "Default ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", description = "Default ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--json", description = "Print one JSON object per prompt: id, topic, partition, offset.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        KafkaConnection connection = kafka.connection();
        String target = topic == null
                ? KafkaOptions.operatorConfig(connection).getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG)
                : topic;
        BrokerWait.until(connection, PATIENCE, Progress.ofStderr());
        try (PromptSender sender = new PromptSender(connection, target, values.of(connection))) {
            if (prompt != null) {
                send(sender, prompt, id);
            } else {
                sendLines(sender);
            }
        }
        return 0;
    }

    private void sendLines(PromptSender sender) throws IOException {
        boolean stdin = input == null || input.equals("-");
        if (!stdin && !Files.isReadable(Path.of(input))) {
            throw new AppException("--input " + input + ": there is no such file, or it cannot be read");
        }
        try (InputStream in = stdin ? System.in : Files.newInputStream(Path.of(input));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    send(sender, line, null);
                }
            }
        }
    }

    private void send(PromptSender sender, String line, @Nullable String id) {
        String value = line.stripLeading().startsWith("{") ? line : chat(line, id);
        String valueId = idOf(value);
        RecordMetadata sent = sender.send(key == null ? valueId : key, value);
        print(valueId == null ? sent.topic() + "-" + sent.partition() + "-" + sent.offset() : valueId, sent);
    }

    private String chat(String text, @Nullable String id) {
        ObjectNode event = MAPPER.createObjectNode();
        if (id != null) {
            event.put("id", id);
        }
        ArrayNode messages = event.putArray("messages");
        if (system != null) {
            messages.addObject().put("role", "system").put("content", system);
        }
        messages.addObject().put("role", "user").put("content", text);
        return event.put("max_tokens", maxTokens)
                .put("temperature", temperature)
                .toString();
    }

    /** The id in the event's body; null when there is none to be read. */
    private static @Nullable String idOf(String event) {
        try {
            return MAPPER.readTree(event).path("id").textValue();
        } catch (IOException e) {
            return null; // sent all the same: the operator says what is wrong with it
        }
    }

    private void print(String id, RecordMetadata sent) {
        System.out.println(
                json
                        ? MAPPER.createObjectNode()
                                .put("id", id)
                                .put("topic", sent.topic())
                                .put("partition", sent.partition())
                                .put("offset", sent.offset())
                                .toString()
                        : id);
    }
}
