package io.causalstreams.topology.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Headers of output events: CloudEvents 1.0 in Kafka's binary mode, beside the prompt's own.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka
 *     protocol binding</a>
 */
public final class EventHeaders {

    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String SOURCE = "ce_source";
    public static final String SUBJECT = "ce_subject";
    public static final String TIME = "ce_time";
    public static final String CONTENT_TYPE = "content-type";

    /** The prompt's coordinates, {@code <topic>-<partition>-<offset>}: which of several of the same id it was. */
    public static final String PROMPT = "causal-streams-prompt";

    /** The version of the adapter that answers, {@code <name>@<sha256>}; {@code <name>@} where the model alone does in its place. */
    public static final String ADAPTER = "causal-streams-adapter";

    /** On a completion that a candidate gave beside the answer: the id of the request that it answers too. */
    public static final String SHADOW = "causal-streams-shadow";

    /** On a record of the prompts topic: cancels the request it names. */
    public static final String CANCEL = "causal-streams-cancel";

    /** Attributes of the prompt event that would be untrue on an event made from it. */
    private static final Set<String> REPLACED =
            Set.of(SPEC_VERSION, ID, TYPE, SOURCE, SUBJECT, TIME, CONTENT_TYPE, PROMPT, "ce_dataschema");

    private EventHeaders() {}

    /** Headers of a token event; {@code ce_id} is {@code <id>:<choice>:<token_index>}. */
    public static Headers token(Headers prompt, String source, TokenEvent event, Instant time) {
        TokenEvent.Choice choice = event.choices().get(0);
        String id = event.id() + ":" + choice.index() + ":" + choice.tokenIndex();
        return headers(prompt, source, id, TokenEvent.TYPE, event.id(), time);
    }

    /** Headers of a completion event; {@code ce_id} is the request's id. */
    public static Headers completion(Headers prompt, String source, String id, Instant time) {
        return headers(prompt, source, id, CompletionEvent.TYPE, id, time);
    }

    /** Headers of a tool call; {@code ce_id} is {@code <conversation>:<call>}. */
    public static Headers toolCall(Headers record, String source, ToolCallEvent call, Instant time) {
        String id = call.conversation() + ":" + call.id();
        return headers(record, source, id, ToolCallEvent.TYPE, call.conversation(), time);
    }

    /** Names the prompt that an event is made from. */
    public static void addPrompt(Headers headers, String topic, int partition, long offset) {
        add(headers, PROMPT, topic + "-" + partition + "-" + offset);
    }

    /** {@code /<application.id>/<model>}. */
    public static String source(String applicationId, String model) {
        return "/" + applicationId + "/" + model;
    }

    private static Headers headers(
            Headers prompt, String source, String id, String type, String subject, Instant time) {
        Headers headers = new RecordHeaders();
        for (Header header : prompt) {
            if (!REPLACED.contains(header.key())) {
                headers.add(header);
            }
        }
        add(headers, SPEC_VERSION, "1.0");
        add(headers, ID, id);
        add(headers, TYPE, type);
        add(headers, SOURCE, source);
        add(headers, SUBJECT, subject);
        add(headers, TIME, DateTimeFormatter.ISO_INSTANT.format(time));
        add(headers, CONTENT_TYPE, "application/json");
        return headers;
    }

    private static void add(Headers headers, String key, String value) {
        headers.add(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
