package io.causalstreams.http;

import io.causalstreams.http.internal.access.Access;
import io.causalstreams.http.internal.api.Answers;
import io.causalstreams.http.internal.console.Console;
import io.causalstreams.http.internal.kafka.DoorSchemas;
import io.causalstreams.http.internal.kafka.Outputs;
import io.causalstreams.http.internal.kafka.Prompts;
import io.causalstreams.http.internal.kafka.Replays;
import io.causalstreams.http.internal.server.DoorServer;
import io.causalstreams.http.internal.server.Routes;
import io.causalstreams.http.internal.telemetry.DoorMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's HTTP API over the topics of an operator: a request is published as a prompt event, and its answer is what was
 * committed. It keeps nothing: a stream that was cut goes on at any door, at the token where it was cut, also after a crash
 * of the operator or of the door.
 *
 * <p>Threading: any thread.
 */
public final class HttpDoor implements AutoCloseable {
    private final Prompts prompts;
    private final Outputs outputs;
    private final Replays replays;
    private final Answers answers;
    private final @Nullable Console console;
    private final DoorServer server;

    private HttpDoor(
            Prompts prompts,
            Outputs outputs,
            Replays replays,
            Answers answers,
            @Nullable Console console,
            DoorServer server) {
        this.prompts = prompts;
        this.outputs = outputs;
        this.replays = replays;
        this.answers = answers;
        this.console = console;
        this.server = server;
    }

    /**
     * Whether a door can open over topics of these schemas, for a process that has more to start before it; {@link #open} asks, too.
     *
     * @throws HttpDoorException if the schema of completions has not got what that of prompts can ask for
     */
    public static void check(DoorTopics topics) {
        DoorSchemas.check(topics);
    }

    /**
     * Opens the door; it listens when this returns. The topics must exist.
     *
     * @throws HttpDoorException if a setting is wrong, the port is taken, the topics cannot be read, or the schema of
     *     completions has not got what that of prompts can ask for
     */
    public static HttpDoor open(HttpDoorSettings settings, DoorTopics topics, KafkaClients clients, Models models) {
        return open(settings, topics, clients, models, new CompositeMeterRegistry());
    }

    /**
     * The same with meters.
     *
     * @param meters of this process: those of the door are registered, and the console shows the operator's
     */
    public static HttpDoor open(
            HttpDoorSettings settings, DoorTopics topics, KafkaClients clients, Models models, MeterRegistry meters) {
        DoorSchemas.check(topics);
        DoorMeters doorMeters = new DoorMeters(meters);
        Access access = new Access(settings.keys(), settings.maxRequests(), doorMeters);
        Outputs outputs = Outputs.follow(clients, topics);
        Prompts prompts = new Prompts(clients, topics);
        Replays replays = new Replays(clients, topics);
        Answers answers = new Answers(prompts, outputs, replays, settings.grace());
        Console console = settings.console() ? new Console(clients, topics, prompts, meters) : null;
        try {
            Routes routes = new Routes(models, access, answers, console, doorMeters, settings.maxBodyBytes());
            DoorServer server = DoorServer.start(settings, routes, doorMeters);
            doorMeters.listensOn(server.port());
            return new HttpDoor(prompts, outputs, replays, answers, console, server);
        } catch (RuntimeException e) {
            if (console != null) {
                console.close();
            }
            replays.close();
            prompts.close();
            outputs.close();
            throw e;
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Cuts what is streamed; requests go on, and their clients may resume at another door. */
    @Override
    public void close() {
        answers.close();
        if (console != null) {
            console.close();
        }
        server.close();
        replays.close();
        prompts.close();
        outputs.close();
    }
}
