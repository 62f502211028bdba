package io.causalstreams.http;

import java.util.List;

/** The models behind the topics, as far as this process knows them. Any thread, and none of the event loop's. */
public interface Models {

    /** Whether requests are answered; before that, and after the end, the door answers 503. */
    boolean isReady();

    /** Those that can be named, the default first. */
    List<Model> list();

    /**
     * The tokens of a prompt as its model reads it, chat template included.
     *
     * @param promptEvent JSON of a prompt event
     * @throws InvalidRequestException naming the field at fault
     */
    Tokens tokenize(byte[] promptEvent);

    /**
     * A model.
     *
     * @param maxContextTokens prompt plus completion tokens one request may hold
     * @param adapters that a request can name beside it; those that came by a topic as {@code name@version}
     */
    record Model(String name, int maxContextTokens, List<String> adapters) {
        public Model {
            adapters = List.copyOf(adapters);
        }
    }

    /**
     * What a text is to a model.
     *
     * @param maxContextTokens of the model
     */
    record Tokens(List<Integer> ids, int maxContextTokens) {
        public Tokens {
            ids = List.copyOf(ids);
        }
    }
}
