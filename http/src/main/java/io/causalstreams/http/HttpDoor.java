package io.causalstreams.http;

import io.causalstreams.http.internal.access.Access;
import io.causalstreams.http.internal.api.Answers;
import io.causalstreams.http.internal.kafka.Outputs;
import io.causalstreams.http.internal.kafka.Prompts;
import io.causalstreams.http.internal.kafka.Replays;
import io.causalstreams.http.internal.server.DoorServer;

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
    private final DoorServer server;

    private HttpDoor(Prompts prompts, Outputs outputs, Replays replays, Answers answers, DoorServer server) {
        this.prompts = prompts;
        this.outputs = outputs;
        this.replays = replays;
        this.answers = answers;
        this.server = server;
    }

    /**
     * Opens the door; it listens when this returns. The topics must exist.
     *
     * @throws HttpDoorException if a setting is wrong, the port is taken, or the topics cannot be read
     */
    public static HttpDoor open(HttpDoorSettings settings, DoorTopics topics, KafkaClients clients, Models models) {
        Access access = new Access(settings.keys(), settings.maxRequests());
        Outputs outputs = Outputs.follow(clients, topics);
        Prompts prompts = new Prompts(clients, topics.prompts());
        Replays replays = new Replays(clients, topics);
        Answers answers = new Answers(prompts, outputs, replays, settings.grace());
        try {
            DoorServer server = DoorServer.start(settings, models, access, answers);
            return new HttpDoor(prompts, outputs, replays, answers, server);
        } catch (RuntimeException e) {
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
        server.close();
        replays.close();
        prompts.close();
        outputs.close();
    }
}
