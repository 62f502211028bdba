package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code serve} as a user with the rights of docs/operations.md and no more, by SASL/SCRAM-SHA-512 over TLS. The same
 * tests for every broker.
 */
@Tag("security")
@MostlyWaits
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all
abstract class SecuritySuite {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final DocumentedAcls ACLS = DocumentedAcls.ofServe();
    private static final Map<String, String> FAST = Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m");

    private SecuredBroker broker;
    private Admin admin;

    abstract SecuredBroker startBroker();

    @BeforeAll
    void start() throws Exception {
        broker = startBroker();
        admin = broker.admin();
        admin.createTopics(Stream.of("prompts", "tokens", "completions", "dead-letters")
                        .map(name -> new NewTopic(name, 2, (short) 1))
                        .toList())
                .all()
                .get();
        if (broker.hasTools()) {
            ACLS.commandLines(broker.inner()).forEach(broker::runTool);
        } else {
            admin.createAcls(ACLS.bindings()).all().get();
        }
        awaitAcls(ACLS.bindings());
    }

    @AfterAll
    void stop() {
        if (admin != null) {
            admin.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @ParameterizedTest(name = "group.protocol={0}")
    @ValueSource(strings = {"classic", "streams"})
    void shouldAnswerWithTheDocumentedRightsAndShowNoPassword(String groupProtocol) throws Exception {
        // Given
        forgetGroupOfOtherProtocol(groupProtocol);
        Map<String, String> settings = Map.of("group.protocol", groupProtocol);
        try (CommandProcess serve = serve(broker.secure(), settings, "--verbose");
                OperatorClient client = new OperatorClient(broker.inner())) {
            // When
            serve.awaitOutput("Serving ", LIMIT);
            client.send("k", prompt(groupProtocol, "\"max_tokens\": 20"));
            client.send("k", prompt("invalid-" + groupProtocol, "\"temperature\": -1"));
            client.readCompletions(List.of(groupProtocol, "invalid-" + groupProtocol), LIMIT);
            client.readUntil("a dead letter", LIMIT, () -> !client.deadLetters.isEmpty());

            // Then
            assertThat(client.violations(List.of(groupProtocol))).isEmpty();
            assertThat(admin.listGroups().all().get())
                    .filteredOn(group -> group.groupId().equals("causal-streams"))
                    .singleElement()
                    .satisfies(group -> assertThat(group.type()).hasValue(GroupType.parse(groupProtocol)));
            assertThat(serve.output())
                    .contains("sasl.jaas.config = [hidden]")
                    .contains("ssl.truststore.password = [hidden]")
                    .doesNotContain("No partition is ready")
                    .doesNotContain(SecuredBroker.PASSWORD)
                    .doesNotContain(Certificates.PASSWORD);
        }
    }

    @ParameterizedTest(name = "{0} on {1} {2}, group.protocol={4}")
    @MethodSource("rights")
    void shouldEndAndSayWhichRightIsMissing(
            AclOperation operation, ResourceType type, String resource, String named, String groupProtocol)
            throws Exception {
        // Given: nothing of an earlier run that would hide it
        AclBinding taken = right(operation, type, resource);
        forgetGroupOfOtherProtocol(groupProtocol);
        deleteChangelogs();
        remove(taken);
        try (CommandProcess serve = serve(broker.secure(), Map.of("group.protocol", groupProtocol));
                OperatorClient client = new OperatorClient(broker.inner())) {
            // When
            client.send("k", "{\"prompt\": \"x\", \"max_tokens\": 5, \"ignore_eos\": true}");

            // Then
            assertThat(serve.awaitExit(LIMIT)).as(serve.output()).isEqualTo(1);
            assertThat(errorOf(serve)).contains(named);
        } finally {
            giveBack(taken);
        }
    }

    /** Operation, on what, what the line must name, and the group protocol. */
    static Stream<Arguments> rights() {
        String own = "causal-streams-";
        return Stream.of(
                Arguments.of(AclOperation.READ, ResourceType.TOPIC, "prompts", "no Read on topic prompts", "classic"),
                Arguments.of(AclOperation.WRITE, ResourceType.TOPIC, "tokens", "no Write on topic tokens", "classic"),
                Arguments.of(
                        AclOperation.WRITE,
                        ResourceType.TOPIC,
                        "completions",
                        "no Write on topic completions",
                        "classic"),
                Arguments.of(
                        AclOperation.WRITE,
                        ResourceType.TOPIC,
                        "dead-letters",
                        "no Write on topic dead-letters",
                        "classic"),
                Arguments.of(AclOperation.CREATE, ResourceType.TOPIC, own, own, "classic"),
                Arguments.of(AclOperation.WRITE, ResourceType.TOPIC, own, own, "classic"),
                Arguments.of(
                        AclOperation.READ, ResourceType.GROUP, "causal-streams", "group causal-streams", "classic"),
                Arguments.of(
                        AclOperation.READ, ResourceType.GROUP, "causal-streams", "group causal-streams", "streams"),
                Arguments.of(AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, own, "transactional ids", "classic"));
    }

    @Test
    void shouldLoseNothingWhenItMayWriteDeadLettersNoMore() throws Exception {
        // Given: taken away while it serves, and nothing is written there before a prompt is refused
        forgetGroupOfOtherProtocol("classic");
        AclBinding taken = right(AclOperation.WRITE, ResourceType.TOPIC, "dead-letters");
        try (OperatorClient client = new OperatorClient(broker.inner())) {
            String line;
            try (CommandProcess serve = serve(broker.secure(), Map.of())) {
                serve.awaitOutput("Serving ", LIMIT);
                remove(taken);

                // When
                client.send("no-letter", prompt("no-letter-good", "\"max_tokens\": 20"));
                client.send("no-letter", prompt("no-letter-bad", "\"temperature\": -1"));
                assertThat(serve.awaitExit(LIMIT)).as(serve.output()).isEqualTo(1);
                line = errorOf(serve);
            }

            // Then: once the right is there, each is answered once
            assertThat(line).contains("no Write on topic dead-letters");
            giveBack(taken);
            try (CommandProcess serve = serve(broker.secure(), Map.of())) {
                client.readCompletions(List.of("no-letter-good", "no-letter-bad"), LIMIT);
                client.readUntil("its dead letter", LIMIT, () -> lettersOf(client, "no-letter") > 0);
                client.readFor(Duration.ofSeconds(2));
                assertThat(client.violations(List.of("no-letter-good"))).isEmpty();
                assertThat(client.completions.get("no-letter-bad")).hasSize(1);
                assertThat(lettersOf(client, "no-letter")).isEqualTo(1);
                assertThat(serve.isAlive()).isTrue();
            }
        } finally {
            giveBack(taken);
        }
    }

    @ParameterizedTest(name = "group.protocol={0}")
    @ValueSource(strings = {"classic", "streams"})
    void shouldLoseNothingWhenItMayNotReadTheChangelog(String groupProtocol) throws Exception {
        // Given: requests that a killed process leaves in the changelog; the others wait behind the first, which is
        // long
        forgetGroupOfOtherProtocol(groupProtocol);
        Map<String, String> settings = Map.of("group.protocol", groupProtocol);
        AclBinding taken = right(AclOperation.READ, ResourceType.TOPIC, "causal-streams-");
        List<String> open = IntStream.range(0, 12)
                .mapToObj(i -> "open-" + groupProtocol + "-" + i)
                .toList();
        try (OperatorClient client = new OperatorClient(broker.inner())) {
            try (CommandProcess serve = serve(broker.secure(), settings, "--slots", "1")) {
                client.send("k", prompt(open.get(0), "\"max_tokens\": 1900"));
                open.subList(1, open.size()).forEach(id -> client.send("k", prompt(id, "\"max_tokens\": 40")));
                client.readUntil("a token", LIMIT, () -> client.tokensSeen(open.get(0)) > 0);
                serve.kill9();
            }
            remove(taken);

            // When
            String line = failureOf(broker.secure(), settings);

            // Then: once the right is there, they go on
            assertThat(line).contains("Read").contains("on topic causal-streams-");
            client.readFor(Duration.ofSeconds(1));
            assertThat(client.completions.keySet()).doesNotContainAnyElementsOf(open.subList(1, open.size()));
            giveBack(taken);
            try (CommandProcess serve = serve(broker.secure(), settings)) {
                client.readCompletions(open, LIMIT);
                assertThat(client.violations(open)).isEmpty();
                assertThat(serve.isAlive()).isTrue();
            }
        } finally {
            giveBack(taken);
        }
    }

    @Test
    void shouldSayWhatItMayWaitForWhenAStreamsGroupMayNotCreateTheChangelog() throws Exception {
        // Given: no changelog, and time for members of earlier runs to be forgotten
        forgetGroupOfOtherProtocol("streams");
        deleteChangelogs();
        AclBinding taken = right(AclOperation.CREATE, ResourceType.TOPIC, "causal-streams-");
        remove(taken);
        try (CommandProcess serve = serve(broker.secure(), Map.of("group.protocol", "streams"), "--wait", "5");
                OperatorClient client = new OperatorClient(broker.inner())) {
            // When
            client.send("k", prompt("no-changelog", "\"max_tokens\": 20"));
            serve.awaitOutput("No partition is ready after 5 s", LIMIT);

            // Then: it goes on by itself once the right is there
            assertThat(serve.output()).contains("no Create on the changelog").doesNotContain("Serving ");
            giveBack(taken);
            client.readCompletions(List.of("no-changelog"), LIMIT);
            serve.awaitOutput("Serving ", LIMIT);
            assertThat(client.violations(List.of("no-changelog"))).isEmpty();
        } finally {
            giveBack(taken);
        }
    }

    @Test
    void shouldRefuseToStartWithAWrongPassword() {
        assertThat(failureOf(broker.secure(), Map.of("sasl.jaas.config", SecuredBroker.login("wrong-password-77"))))
                .contains("refuses: Authentication failed")
                .contains("--config");
    }

    @Test
    void shouldRefuseACertificateThatNobodyTrusts() {
        Path others = broker.othersTrustStore();
        assertThat(failureOf(broker.secure(), Map.of("ssl.truststore.location", others.toString())))
                .contains("unable to find valid certification path")
                .contains("ssl.truststore");
    }

    @Test
    void shouldRefuseACertificateForAnotherHost() {
        assertThat(failureOf(broker.misnamed(), Map.of()))
                .contains("localhost")
                .contains("No subject alternative DNS name");
    }

    private static String prompt(String id, String sampling) {
        return "{\"id\": \"%s\", \"prompt\": \"x\", \"ignore_eos\": true, %s}".formatted(id, sampling);
    }

    private CommandProcess serve(String servers, Map<String, String> settings, String... more) {
        Map<String, String> all = new HashMap<>(broker.clientSettings());
        all.put("state.dir", TestFiles.fresh("state-").toString());
        all.put("commit.interval.ms", "2000");
        all.put("producer.transaction.timeout.ms", "3000");
        if (!"streams".equals(settings.get("group.protocol"))) {
            all.put("consumer.session.timeout.ms", "3000");
            all.put("consumer.heartbeat.interval.ms", "1000");
        }
        all.putAll(settings);
        return CommandProcess.start(
                FAST,
                Stream.concat(
                                Stream.of(
                                        "serve",
                                        "--bootstrap-servers",
                                        servers,
                                        "--model",
                                        TestModels.tinyChat().toString(),
                                        "--threads",
                                        "1",
                                        "--config",
                                        TestFiles.properties(all).toString()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private String failureOf(String servers, Map<String, String> settings) {
        try (CommandProcess serve = serve(servers, settings)) {
            assertThat(serve.awaitExit(LIMIT)).as(serve.output()).isEqualTo(1);
            return errorOf(serve);
        }
    }

    /** The one line that says what went wrong; nothing else of a failed command shows passwords, stack traces or a wait. */
    private static String errorOf(CommandProcess command) {
        String output = command.output();
        assertThat(output)
                .doesNotContain("\tat ")
                .doesNotContain("No partition is ready")
                .doesNotContain(SecuredBroker.PASSWORD)
                .doesNotContain("wrong-password-77")
                .doesNotContain(Certificates.PASSWORD);
        List<String> errors = output.lines()
                .filter(line -> line.startsWith("causal-streams: "))
                .toList();
        assertThat(errors).as(output).hasSize(1);
        return errors.get(0);
    }

    private static long lettersOf(OperatorClient client, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return client.deadLetters.stream()
                .filter(letter -> Arrays.equals(letter.key(), bytes))
                .count();
    }

    /** One of the documented. */
    private static AclBinding right(AclOperation operation, ResourceType type, String resource) {
        List<AclBinding> found = ACLS.bindings().stream()
                .filter(each -> each.entry().operation() == operation
                        && each.pattern().resourceType() == type
                        && each.pattern().name().equals(resource))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private void remove(AclBinding taken) throws InterruptedException, ExecutionException {
        admin.deleteAcls(List.of(taken.toFilter())).all().get();
        awaitAcls(ACLS.bindings().stream().filter(each -> !each.equals(taken)).toList());
    }

    private void giveBack(AclBinding taken) throws InterruptedException, ExecutionException {
        admin.createAcls(List.of(taken)).all().get();
        awaitAcls(ACLS.bindings());
    }

    /** A broker learns of ACLs from its controller, a moment later. */
    private void awaitAcls(List<AclBinding> expected) {
        Await.await("the broker knows its ACLs")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Set.copyOf(admin.describeAcls(AclBindingFilter.ANY)
                                .values()
                                .get())
                        .equals(Set.copyOf(expected)));
    }

    /** Once its members are gone, which end without leaving. */
    private void forgetGroupOfOtherProtocol(String groupProtocol) {
        GroupType wanted = GroupType.parse(groupProtocol);
        List<String> group = List.of("causal-streams");
        Await.await("no group of another protocol")
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> {
                    for (GroupListing each : admin.listGroups().all().get()) {
                        if (group.contains(each.groupId()) && !each.type().equals(Optional.of(wanted))) {
                            (wanted == GroupType.STREAMS
                                            ? admin.deleteConsumerGroups(group).all()
                                            : admin.deleteStreamsGroups(group).all())
                                    .get();
                        }
                    }
                    return true;
                });
    }

    private void deleteChangelogs() throws InterruptedException, ExecutionException {
        List<String> changelogs = admin.listTopics().names().get().stream()
                .filter(name -> name.startsWith("causal-streams-"))
                .toList();
        admin.deleteTopics(changelogs).all().get();
    }
}
