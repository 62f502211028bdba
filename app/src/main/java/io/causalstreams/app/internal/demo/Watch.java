package io.causalstreams.app.internal.demo;

import io.causalstreams.app.internal.kafka.OutputReader;
import io.causalstreams.app.internal.kafka.OutputReader.Output;
import io.causalstreams.topology.event.CompletionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Follows the output topics and shows what comes, until it is stopped.
 *
 * <p>Threading: one thread.
 */
public final class Watch {
    private static final Duration FRAME = Duration.ofMillis(40);

    private final OutputReader reader;
    private final View view;
    private final IntSupplier columns;
    private final LongSupplier nanoClock;
    private final Map<String, Lane> running = new LinkedHashMap<>();
    private final List<Lane> done = new ArrayList<>();
    private int deadLetters;

    public Watch(OutputReader reader, View view, IntSupplier columns, LongSupplier nanoClock) {
        this.reader = reader;
        this.view = view;
        this.columns = columns;
        this.nanoClock = nanoClock;
    }

    /** A request that was just sent: shown from now on, even before its first token. */
    public void expect(String id) {
        running.put(id, new Lane(id, nanoClock.getAsLong()));
    }

    /** Takes and shows what comes within a frame. */
    public void step() {
        for (Output output : reader.poll(FRAME)) {
            take(output);
        }
        view.show(running.values());
    }

    private void take(Output output) {
        if (output instanceof Output.Tokens tokens) {
            String id = tokens.event().id();
            if (done.stream().noneMatch(lane -> lane.id().equals(id))) {
                lane(id).add(tokens.event(), nanoClock.getAsLong());
            }
        } else if (output instanceof Output.Completion completion) {
            complete(completion.event());
        } else if (output instanceof Output.DeadLetter letter) {
            deadLetters++;
            view.print(Report.deadLetter(letter, columns.getAsInt()));
        } else if (output instanceof Output.Foreign foreign) {
            view.print(List.of(foreign.topic() + ": " + foreign.why()));
        }
    }

    private void complete(CompletionEvent event) {
        Lane lane = lane(event.id());
        running.remove(event.id());
        lane.complete(event);
        done.add(lane);
        view.done(lane, Report.completion(lane, event, columns.getAsInt()));
    }

    private Lane lane(String id) {
        return running.computeIfAbsent(id, name -> new Lane(name, nanoClock.getAsLong()));
    }

    /** In the order of completion. */
    public List<Lane> done() {
        return List.copyOf(done);
    }

    public int deadLetters() {
        return deadLetters;
    }
}
