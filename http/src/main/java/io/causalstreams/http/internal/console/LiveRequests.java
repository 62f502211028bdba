package io.causalstreams.http.internal.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.http.DoorTopics;
import io.causalstreams.http.internal.kafka.DeadLetters;
import io.causalstreams.http.internal.kafka.Output;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.TokenEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are under way and the last that ended, as the topics tell them, within bounds. A request is known by the coordinates
 * of its prompt, so that an id that is used twice names two.
 *
 * <p>Topics are read in any order: what ended stays known for a while, so that tokens that are read later do not begin it again.
 *
 * <p>Threading: the owner's lock.
 */
final class LiveRequests {
    /** Of those under way and those that ended, together. */
    static final int MOST = 200;

    /** That ended, and are still shown. */
    static final int MOST_ENDED = 24;

    static final int MOST_CHARACTERS = 4_000;
    private static final int MOST_REMEMBERED = 20_000;
    private static final int MOST_REASON = 500;

    private final DoorTopics topics;
    private final Map<String, Request> requests = new LinkedHashMap<>();
    private final Deque<String> ended = new ArrayDeque<>();
    private final Map<String, Boolean> gone = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** @param topics of JSON */
    LiveRequests(DoorTopics topics) {
        this.topics = topics;
    }

    private static final class Request {
        private final String key;
        private final String id;
        private @Nullable String model;
        private @Nullable String adapter;
        private @Nullable String user;
        private String prompt = "";
        private int partition = -1;
        private long since;
        private int seen;
        private int total;
        private int choices = 1;
        private final StringBuilder text = new StringBuilder();
        private boolean cut;
        private @Nullable ObjectNode end;

        Request(String key, String id, long since) {
            this.key = key;
            this.id = id;
            this.since = since;
        }

        /** What its end says may be read before its last tokens. */
        int tokens() {
            return Math.max(seen, total);
        }

        ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("key", key)
                    .put("id", id)
                    .put("model", model)
                    .put("adapter", adapter)
                    .put("user", user)
                    .put("prompt", prompt)
                    .put("partition", partition)
                    .put("since", since)
                    .put("tokens", tokens())
                    .put("choices", choices)
                    .put("text", text.toString())
                    .put("cut", cut);
            json.set("end", end);
            return json;
        }
    }

    void clear() {
        requests.clear();
        ended.clear();
        gone.clear();
    }

    /** All that are shown, the oldest first. */
    ArrayNode json() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        requests.values().forEach(each -> all.add(each.json()));
        return all;
    }

    /** A record of the prompts topic; cancels are none. */
    void onPrompt(ConsumerRecord<byte[], byte[]> message, Consumer<ObjectNode> changes) {
        if (message.value() == null || message.headers().lastHeader(EventHeaders.CANCEL) != null) {
            return;
        }
        String key = PromptExcerpt.coordinates(message);
        PromptExcerpt prompt = PromptExcerpt.of(message.headers(), message.value(), key);
        if (gone.containsKey(key) || isRunning(prompt.id(), message.partition())) {
            return;
        }
        Request known = requests.get(key);
        Request request = known == null ? new Request(key, prompt.id(), message.timestamp()) : known;
        request.model = request.model == null ? prompt.model() : request.model;
        request.adapter = prompt.adapter();
        request.user = prompt.user();
        request.prompt = prompt.text();
        request.partition = message.partition();
        request.since = message.timestamp();
        add(request, changes);
    }

    /** The operator does not run the same id twice at once: of the second nothing will come. */
    private boolean isRunning(String id, int partition) {
        return requests.values().stream()
                .anyMatch(each -> each.end == null && each.partition == partition && each.id.equals(id));
    }

    /** A record of the tokens topic. */
    void onTokens(ConsumerRecord<byte[], byte[]> message, Consumer<ObjectNode> changes) {
        if (!(Output.read(message, topics) instanceof Output.Tokens tokens)) {
            return;
        }
        TokenEvent event = tokens.event();
        String key = key(message, event.id());
        Request request = requests.get(key);
        TokenEvent.Choice choice = tokens.choice();
        if (request == null) {
            if (gone.containsKey(key)) {
                return;
            }
            request = new Request(key, event.id(), message.timestamp());
            request.cut = choice.tokenIndex() > 0;
        }
        request.model = event.model();
        request.seen += choice.tokenCount();
        request.choices = Math.max(request.choices, choice.index() + 1);
        String added = choice.index() == 0 ? added(choice) : "";
        append(request, added);
        if (requests.containsKey(key)) {
            changes.accept(change("tokens")
                    .put("key", key)
                    .put("model", request.model)
                    .put("text", added)
                    .put("tokens", request.tokens())
                    .put("choices", request.choices));
        } else {
            add(request, changes);
        }
    }

    private static String added(TokenEvent.Choice choice) {
        TokenEvent.Delta delta = choice.delta();
        String reasoning = delta == null ? null : delta.reasoningContent();
        String content = choice.content();
        return (reasoning == null ? "" : reasoning) + (content == null ? "" : content);
    }

    private static void append(Request request, String text) {
        request.text.append(text);
        int beyond = request.text.length() - MOST_CHARACTERS;
        if (beyond > 0) {
            int from = Character.isLowSurrogate(request.text.charAt(beyond)) ? beyond + 1 : beyond;
            request.text.delete(0, from);
            request.cut = true;
        }
    }

    /** A record of the completions topic. */
    void onCompletion(ConsumerRecord<byte[], byte[]> message, Consumer<ObjectNode> changes) {
        if (!(Output.read(message, topics) instanceof Output.Completion completion)) {
            String prompt = DeadLetters.header(message.headers(), EventHeaders.PROMPT);
            if (prompt != null) { // it has ended, though its schema cannot be had
                end(prompt, "unreadable", null, 0, changes);
            }
            return;
        }
        CompletionEvent event = completion.event();
        CompletionEvent.Failure error = event.error();
        String reason = error != null
                ? error.code().name()
                : event.choices().isEmpty()
                        ? "done"
                        : String.valueOf(event.choices().get(0).finishReason());
        String text = error == null ? null : PromptExcerpt.shortened(error.message(), MOST_REASON);
        end(key(message, event.id()), reason, text, event.usage().completionTokens(), changes);
    }

    /** A record of the dead letters topic; most often there is a completion, too. */
    void onDeadLetter(ConsumerRecord<byte[], byte[]> message, Consumer<ObjectNode> changes) {
        String topic = DeadLetters.header(message.headers(), DeadLetters.ERROR + "topic");
        String partition = DeadLetters.header(message.headers(), DeadLetters.ERROR + "partition");
        String offset = DeadLetters.header(message.headers(), DeadLetters.ERROR + "offset");
        String why = DeadLetters.header(message.headers(), DeadLetters.ERROR + "message");
        String text = why == null ? null : PromptExcerpt.shortened(why, MOST_REASON);
        end(topic + "-" + partition + "-" + offset, "DEAD_LETTER", text, 0, changes);
    }

    private void end(String key, String reason, @Nullable String text, int tokens, Consumer<ObjectNode> changes) {
        if (gone.put(key, true) != null) {
            return;
        }
        Request request = requests.get(key);
        if (request == null) {
            return;
        }
        request.total = tokens;
        request.end = JsonNodeFactory.instance
                .objectNode()
                .put("reason", reason)
                .put("message", text)
                .put("at", System.currentTimeMillis());
        ended.addLast(key);
        changes.accept(
                change("end").put("key", key).put("tokens", request.tokens()).set("end", request.end));
        while (ended.size() > MOST_ENDED) {
            remove(ended.removeFirst(), changes);
        }
    }

    private void add(Request request, Consumer<ObjectNode> changes) {
        requests.put(request.key, request);
        changes.accept(change("request").set("request", request.json()));
        if (requests.size() > MOST) {
            Iterator<String> oldest = requests.keySet().iterator();
            String key = ended.isEmpty() ? oldest.next() : ended.removeFirst();
            remove(key, changes);
        }
    }

    private void remove(String key, Consumer<ObjectNode> changes) {
        requests.remove(key);
        changes.accept(change("remove").put("key", key));
    }

    private static ObjectNode change(String what) {
        return JsonNodeFactory.instance.objectNode().put("what", what);
    }

    /** Another operator's events do not name their prompt. */
    private static String key(ConsumerRecord<byte[], byte[]> message, String id) {
        String prompt = DeadLetters.header(message.headers(), EventHeaders.PROMPT);
        return prompt == null ? id : prompt;
    }
}
