package io.causalstreams.app;

import io.causalstreams.app.internal.demo.LiveView;
import io.causalstreams.app.internal.demo.PlainView;
import io.causalstreams.app.internal.demo.View;
import io.causalstreams.app.internal.demo.Watch;
import io.causalstreams.app.internal.kafka.BrokerWait;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.OutputReader;
import io.causalstreams.app.internal.kafka.OutputReader.Output;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.app.internal.terminal.Terminal;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What comes out of the topics. */
@Command(
        name = "tail",
        description = {
            "Shows committed tokens, completions and dead letters as they come, until it is interrupted.",
            "On a terminal each running request has a line; elsewhere the new words of each are a line."
        },
        mixinStandardHelpOptions = true)
final class TailCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(200);

    @Mixin
    private final KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private final ValueFormatOption values = new ValueFormatOption();

    @Option(names = "--from-beginning", description = "Also show what is there already.")
    private boolean fromBeginning;

    @Option(
            names = "--json",
            description =
                    "Print token and completion events, one a line, as they were sent; those of another format as JSON.")
    private boolean json;

    @Option(names = "--id", paramLabel = "ID", description = "Only this request; ends with its completion.")
    private @Nullable String id;

    @Option(names = "--completions", paramLabel = "N", description = "End after N completions.")
    private @Nullable Integer completions;

    @Override
    public Integer call() {
        KafkaConnection connection = kafka.connection();
        BrokerWait.until(connection, PATIENCE, Progress.ofStderr());
        OutputReader.OutputTopics topics = OutputReader.OutputTopics.of(KafkaOptions.operatorConfig(connection));
        // A request that is asked for by name may be half published already.
        try (OutputReader reader =
                new OutputReader(connection, topics, fromBeginning || id != null, values.of(connection)).only(id)) {
            if (json) {
                printEvents(reader);
            } else {
                watch(reader);
            }
        }
        return 0;
    }

    private int wanted() {
        return id != null ? 1 : completions == null ? Integer.MAX_VALUE : completions;
    }

    private void printEvents(OutputReader reader) {
        int seen = 0;
        while (seen < wanted()) {
            for (Output output : reader.poll(POLL)) {
                if (output instanceof Output.Tokens tokens) {
                    System.out.println(tokens.json());
                } else if (output instanceof Output.Completion completion && seen < wanted()) {
                    System.out.println(completion.json());
                    seen++;
                }
            }
            System.out.flush();
        }
    }

    private void watch(OutputReader reader) {
        View view = Terminal.stdoutIsTerminal() ? new LiveView(System.out, Terminal::size) : new PlainView(System.out);
        Watch watch = new Watch(reader, view, Terminal::columns, System::nanoTime);
        while (watch.done().size() < wanted()) {
            watch.step();
        }
        view.end();
    }
}
