package io.causalstreams.app.internal.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.terminal.Style;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.GenerationEvent.LabelScore;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tickets for the queues of a house that has its own names for them, answered with and without an adapter that knows these names.
 *
 * <p>The adapter is part of the build. It was made from {@code routing/records.jsonl}, for the default model:
 *
 * <pre>
 *   tune --data records.jsonl --output adapter --rank 4 --alpha 8 --target-modules q_proj,v_proj --epochs 8 --batch-size 10
 *       --learning-rate 5e-3 --validation 0
 * </pre>
 */
public final class RoutedTickets {
    /** The name by which requests ask for the adapter. */
    public static final String ADAPTER = "routing";

    private static final String RESOURCES = "/demo/routing/";
    static final List<String> QUEUES = List.of("ledger", "keys", "wheels", "bench", "desk");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RoutedTickets() {}

    /**
     * A ticket that the adapter was not made from.
     *
     * @param queue where it belongs
     */
    record Ticket(String text, String queue) {}

    /** Writes the adapter's files, as peft has them, into {@code directory}. */
    public static Path writeAdapter(Path directory) throws IOException {
        for (String name : List.of("adapter_model.safetensors", "adapter_config.json")) {
            try (InputStream in = resource("adapter/" + name)) {
                Files.copy(in, directory.resolve(name));
            }
        }
        return directory;
    }

    /** Lines that show where each ticket goes without the adapter, and with it. */
    public static List<String> compare(GenerationEngine engine) throws IOException {
        List<String> lines = new ArrayList<>();
        int before = 0;
        int after = 0;
        for (Ticket ticket : heldOut()) {
            String without = queue(engine, ticket, null);
            String with = queue(engine, ticket, ADAPTER);
            before += without.equals(ticket.queue()) ? 1 : 0;
            after += with.equals(ticket.queue()) ? 1 : 0;
            lines.add("    " + marked(without, ticket) + " → " + marked(with, ticket) + "  "
                    + Style.DIM.of(ticket.text()));
        }
        lines.add(
                0,
                Style.BOLD.of("adapter " + ADAPTER)
                        + Style.DIM.of(" · shipped with this program, learned from 50 other tickets by 'tune'"));
        lines.add(String.format(
                Locale.ROOT,
                "%d of %d tickets in the right queue without it, %d with it",
                before,
                lines.size() - 1,
                after));
        return lines;
    }

    static List<Ticket> heldOut() throws IOException {
        return tickets("held-out.jsonl");
    }

    static List<Ticket> learned() throws IOException {
        return tickets("records.jsonl");
    }

    private static List<Ticket> tickets(String name) throws IOException {
        List<Ticket> tickets = new ArrayList<>();
        try (InputStream in = resource(name)) {
            MAPPER.readerFor(JsonNode.class)
                    .<JsonNode>readValues(in)
                    .forEachRemaining(record -> tickets.add(new Ticket(
                            record.path("messages").path(0).path("content").asText(),
                            record.path("label").asText())));
        }
        return tickets;
    }

    private static String queue(GenerationEngine engine, Ticket ticket, @Nullable String adapter) {
        GenerationRequest request = GenerationRequest.chat(ticket.text(), 0)
                .withTask(new Task.Classify(QUEUES))
                .withAdapter(adapter);
        GenerationEvent.Finished finished = (GenerationEvent.Finished)
                Objects.requireNonNull(engine.generate(request).blockLast());
        return Objects.requireNonNull(finished.classification()).stream()
                .max(Comparator.comparingDouble(LabelScore::logprob))
                .orElseThrow()
                .label();
    }

    private static String marked(String queue, Ticket ticket) {
        Style style = queue.equals(ticket.queue()) ? Style.GREEN : Style.RED;
        return style.of(String.format("%s %-6s", queue.equals(ticket.queue()) ? "✓" : "✗", queue));
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = RoutedTickets.class.getResourceAsStream(RESOURCES + name);
        if (in == null) {
            throw new FileNotFoundException(RESOURCES + name + " is missing in this build");
        }
        return in;
    }
}
