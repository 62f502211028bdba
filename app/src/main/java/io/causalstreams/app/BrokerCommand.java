package io.causalstreams.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A broker to develop against. */
@Command(
        name = "broker",
        description = "Runs a development broker (KRaft, one node, loopback only) until it is interrupted.",
        mixinStandardHelpOptions = true)
final class BrokerCommand implements Runnable {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "0 = a free one; default ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where topics are kept; without it they are gone when the broker stops.")
    private @Nullable Path data;

    @Override
    public void run() {
        EmbeddedBroker broker = EmbeddedBroker.start(port, data);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "broker-shutdown"));
        System.err.println("Broker ready on " + broker.bootstrapServers() + ", topics kept in "
                + (data == null ? "memory of this run only" : data) + "; stop it with Ctrl-C.");
        broker.awaitClose();
    }
}
