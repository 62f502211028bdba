package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.Directories;
import io.causalstreams.app.internal.demo.DemoPrompts;
import io.causalstreams.app.internal.demo.DemoPrompts.DemoPrompt;
import io.causalstreams.app.internal.demo.Lane;
import io.causalstreams.app.internal.demo.LiveView;
import io.causalstreams.app.internal.demo.PlainView;
import io.causalstreams.app.internal.demo.RoutedTickets;
import io.causalstreams.app.internal.demo.View;
import io.causalstreams.app.internal.demo.Watch;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Operator;
import io.causalstreams.app.internal.kafka.OutputReader;
import io.causalstreams.app.internal.kafka.PromptSender;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.app.internal.models.KnownModel;
import io.causalstreams.app.internal.models.ModelSource;
import io.causalstreams.app.internal.models.ModelStore;
import io.causalstreams.app.internal.terminal.Progress;
import io.causalstreams.app.internal.terminal.Style;
import io.causalstreams.app.internal.terminal.Terminal;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole story in one terminal. */
@Command(
        name = "demo",
        description = "Shows everything at once: a broker in this process, prompts in, tokens and completions out.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration ASSIGNMENT_PATIENCE = Duration.ofMinutes(2);
    private static final EngineConfig SMALL =
            EngineConfig.defaults().withSlots(8).withMaxContextTokens(1024);

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final EngineOptions engineOptions = new EngineOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Progress progress = Progress.ofStderr();
        EngineConfig engineConfig = engineOptions.config(SMALL);
        boolean tuned = model.source().equals(new ModelSource.Known(KnownModel.DEFAULT));
        ModelStore store = ModelStore.ofUser(progress);
        Path directory =
                tuned ? store.adaptableDirectory(model.source(), model.precision()) : model.directory(progress);
        progress.note("Starting a broker in this process and loading the model…");
        CompletableFuture<EmbeddedBroker> starting = CompletableFuture.supplyAsync(EmbeddedBroker::start);
        try (GenerationEngine engine = EngineUntilExit.of(GenerationEngine.open(directory, engineConfig));
                EmbeddedBroker broker = starting.join()) {
            run(engine, broker);
            if (tuned) {
                showTuned(engine, store, directory);
            }
        } finally {
            starting.thenAccept(EmbeddedBroker::close).exceptionally(failure -> null);
        }
        return 0;
    }

    private void run(GenerationEngine engine, EmbeddedBroker broker) throws IOException, InterruptedException {
        KafkaConnection connection = KafkaConnection.of(broker.bootstrapServers(), null);
        CausalStreamsConfig config = KafkaOptions.operatorConfig(connection);
        Topics.createMissing(connection, config, EmbeddedBroker.DEFAULT_PARTITIONS);
        View view = Terminal.stdoutIsTerminal() ? new LiveView(System.out, Terminal::size) : new PlainView(System.out);
        try (Operator operator = Operator.start(engine, config);
                OutputReader reader = new OutputReader(connection, OutputReader.OutputTopics.of(config), true);
                PromptSender sender =
                        new PromptSender(connection, config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG))) {
            if (!operator.awaitRunning(ASSIGNMENT_PATIENCE)) {
                throw new AppException("the topology did not start; --verbose shows what Kafka Streams says");
            }
            view.print(List.of(
                    Style.BOLD.of("prompts") + " → " + engine.model().name() + " ("
                            + engine.model().precision() + ") → "
                            + Style.BOLD.of("tokens, completions, dead-letters")
                            + Style.DIM.of("   broker " + broker.bootstrapServers() + ", exactly once"),
                    ""));
            Watch watch = new Watch(reader, view, Terminal::columns, System::nanoTime);
            report(view, send(sender, watch), watch);
        }
    }

    /** The adapter belongs to the default model. */
    private void showTuned(GenerationEngine engine, ModelStore store, Path directory) throws IOException {
        Path files = Files.createTempDirectory("causal-streams-demo");
        try {
            engine.loadAdapter(
                    RoutedTickets.ADAPTER, store.adapter(model.source(), RoutedTickets.writeAdapter(files), directory));
        } finally {
            Directories.deleteQuietly(files);
        }
        View view = new PlainView(System.out);
        view.print(List.of(""));
        view.print(RoutedTickets.compare(engine));
    }

    /** Returns when the first was sent: {@code System.nanoTime()}. */
    private static long send(PromptSender sender, Watch watch) throws IOException {
        long start = System.nanoTime();
        for (DemoPrompt prompt : DemoPrompts.all()) {
            if (prompt.isReadable()) {
                watch.expect(prompt.id());
            }
            sender.send(prompt.id(), prompt.value());
        }
        return start;
    }

    private static void report(View view, long start, Watch watch) throws IOException {
        List<DemoPrompt> prompts = DemoPrompts.all();
        long readable = prompts.stream().filter(DemoPrompt::isReadable).count();
        long broken = prompts.size() - readable;
        while (watch.done().size() < readable || watch.deadLetters() < broken) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AppException(
                        "no answer to " + (readable - watch.done().size()) + " prompts within " + PATIENCE.toMinutes()
                                + " minutes; --verbose shows what the libraries say");
            }
            watch.step();
        }
        view.end();
        view.print(List.of("", figures(watch, (System.nanoTime() - start) / 1e9)));
    }

    private static String figures(Watch watch, double seconds) {
        long tokens = 0;
        for (Lane lane : watch.done()) {
            tokens += lane.completion() == null ? 0 : lane.completion().usage().completionTokens();
        }
        double[] first = watch.done().stream()
                .mapToDouble(Lane::secondsToFirstToken)
                .filter(each -> each >= 0)
                .sorted()
                .toArray();
        String latency = first.length == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; first token after %.2f s (median), %.2f s (last)",
                        first[first.length / 2],
                        first[first.length - 1]);
        return String.format(
                Locale.ROOT,
                "%d prompts answered, %d dead letter; %d tokens in %.1f s: %.0f tokens/s%s",
                watch.done().size(),
                watch.deadLetters(),
                tokens,
                seconds,
                tokens / seconds,
                latency);
    }
}
