package io.causalstreams.app.internal.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The prompts of the demo: support tickets, another language, a classification, a form to fill, and one broken record. */
public final class DemoPrompts {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String TICKETS = "/demo/tickets.jsonl";

    private DemoPrompts() {}

    /**
     * A record to send.
     *
     * @param isReadable whether a completion will come, instead of a dead letter alone
     */
    public record DemoPrompt(String id, String value, boolean isReadable) {
        DemoPrompt(String id, ObjectNode event) {
            this(id, event.toString(), true);
        }
    }

    /** In the order of sending. */
    public static List<DemoPrompt> all() throws IOException {
        Map<String, JsonNode> tickets = tickets();
        return List.of(
                summary("ticket-4711", ticket(tickets, "4711")),
                reply("ticket-4712", ticket(tickets, "4712")),
                form("form-4713", ticket(tickets, "4713")),
                topic("topic-4712", ticket(tickets, "4712")),
                chat("capital-fr", "Quelle est la capitale de la France ? Réponds en une phrase.", 40),
                story("story"),
                chat("moon", "Why does the Moon have phases? Explain it to a child in three sentences.", 90),
                new DemoPrompt("broken", "{\"id\": \"broken\", \"messages\": [{\"role\": \"user\", ", false));
    }

    private static Map<String, JsonNode> tickets() throws IOException {
        Map<String, JsonNode> tickets = new LinkedHashMap<>();
        try (InputStream in = DemoPrompts.class.getResourceAsStream(TICKETS)) {
            if (in == null) {
                throw new IOException(TICKETS + " is missing in this build");
            }
            MAPPER.readerFor(JsonNode.class)
                    .<JsonNode>readValues(in)
                    .forEachRemaining(
                            ticket -> tickets.put(ticket.path("ticket").asText(), ticket));
        }
        return tickets;
    }

    private static String ticket(Map<String, JsonNode> tickets, String number) {
        JsonNode ticket = tickets.get(number);
        if (ticket == null) {
            throw new IllegalStateException(TICKETS + " has no ticket " + number);
        }
        return "Subject: " + ticket.path("subject").asText() + "\n\n"
                + ticket.path("body").asText();
    }

    private static DemoPrompt summary(String id, String ticket) {
        return chat(id, "Summarise this support ticket in one sentence.\n\n" + ticket, 70);
    }

    private static DemoPrompt reply(String id, String ticket) {
        return chat(id, "Write a short and friendly reply to this customer.\n\n" + ticket, 120);
    }

    private static DemoPrompt form(String id, String ticket) {
        ObjectNode event = event(
                id,
                "Extract the facts of this support ticket as JSON with order, customer, problem and urgent.\n\n"
                        + ticket,
                90);
        ObjectNode schema = event.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .put("name", "ticket")
                .putObject("schema");
        schema.put("type", "object").put("additionalProperties", false);
        schema.putArray("required").add("order").add("customer").add("problem").add("urgent");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("order").put("type", "string").put("pattern", "^[0-9]{2}-[0-9]{5}$");
        properties.putObject("customer").put("type", "string").put("maxLength", 30);
        properties.putObject("problem").put("type", "string").put("maxLength", 80);
        properties.putObject("urgent").put("type", "boolean");
        return new DemoPrompt(id, event);
    }

    private static DemoPrompt topic(String id, String ticket) {
        ObjectNode event =
                event(id, "What is this support ticket about?\n\n" + ticket, 0).put("task", "classify");
        event.remove("max_tokens");
        event.putArray("labels").add("payment").add("delivery").add("defect");
        return new DemoPrompt(id, event);
    }

    private static DemoPrompt story(String id) {
        ObjectNode event = event(id, "Write a very short story about a lighthouse and a lost letter.", 110);
        event.put("temperature", 0.8).put("top_p", 0.95).put("seed", 7);
        return new DemoPrompt(id, event);
    }

    private static DemoPrompt chat(String id, String text, int maxTokens) {
        return new DemoPrompt(id, event(id, text, maxTokens));
    }

    private static ObjectNode event(String id, String text, int maxTokens) {
        ObjectNode event = MAPPER.createObjectNode().put("id", id);
        event.putArray("messages").addObject().put("role", "user").put("content", text);
        return event.put("max_tokens", maxTokens).put("temperature", 0);
    }
}
