package io.causalstreams.app.internal.kafka;

import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.topology.CausalStreamsConfig;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.streams.StreamsConfig;

/** Says which right is missing when the broker refuses the operator. The broker names resources, but not operations. */
final class Refusal {
    private static final Pattern USER = Pattern.compile("username\\s*=\\s*\"?([^\"\\s;]+)");

    private final CausalStreamsConfig config;

    Refusal(CausalStreamsConfig config) {
        this.config = config;
    }

    /** One line: who lacks what, and what next. */
    String line(Throwable refusal) {
        if (!(refusal instanceof AuthorizationException denied)) {
            return "the broker does not accept this client (" + ErrorLine.of(refusal)
                    + "); check the security settings in --config";
        }
        return "the broker refuses " + user(config.originals()) + ": " + missing(denied)
                + "; grant that (docs/operations.md lists all rights serve needs) and start again";
    }

    private String missing(AuthorizationException denied) {
        if (denied instanceof TopicAuthorizationException topics
                && !topics.unauthorizedTopics().isEmpty()) {
            Set<String> rights = new TreeSet<>();
            topics.unauthorizedTopics().forEach(topic -> rights.add(operations(topic) + " on topic " + topic));
            return "no " + String.join(", no ", rights);
        }
        Object application = config.originals().getOrDefault(StreamsConfig.APPLICATION_ID_CONFIG, "causal-streams");
        if (denied instanceof TopicAuthorizationException) { // names none: it was to create a changelog
            return "no Create on topics that start with " + application + "-";
        }
        if (denied instanceof GroupAuthorizationException) {
            return "no Read on group " + application;
        }
        if (denied instanceof TransactionalIdAuthorizationException) {
            return "no Write on transactional ids that start with " + application + "-";
        }
        return ErrorLine.of(denied);
    }

    /** What the operator does with a topic; one that is none of the configured ones is a changelog. */
    private String operations(String topic) {
        if (topic.equals(config.getString(CausalStreamsConfig.PROMPTS_TOPIC_CONFIG))) {
            return "Read";
        }
        boolean output = Stream.of(
                        CausalStreamsConfig.TOKENS_TOPIC_CONFIG,
                        CausalStreamsConfig.COMPLETIONS_TOPIC_CONFIG,
                        CausalStreamsConfig.DEAD_LETTERS_TOPIC_CONFIG)
                .anyMatch(key -> topic.equals(config.getString(key)));
        return output ? "Write" : "Create, Read or Write";
    }

    /** Who a client with these settings is, as far as they say so in the open. */
    static String user(Map<String, ?> settings) {
        Matcher user = USER.matcher(String.valueOf(settings.get(SaslConfigs.SASL_JAAS_CONFIG)));
        return user.find() ? "user " + user.group(1) : "this client";
    }
}
