package io.causalstreams.app;

import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import io.causalstreams.app.internal.kafka.AdapterRecords;
import io.causalstreams.app.internal.kafka.KafkaConnection;
import io.causalstreams.app.internal.kafka.Topics;
import io.causalstreams.topology.adapter.AdapterArchive;
import io.causalstreams.topology.adapter.AdapterEvent;
import io.causalstreams.topology.adapter.AdapterKey;
import io.causalstreams.topology.adapter.AdapterRefusedException;
import io.causalstreams.topology.adapter.AdapterSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is in the topic of adapters. */
@Command(
        name = "adapters",
        description = "Publishes adapters to those who serve, while they serve.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class AdaptersCommand {
    /** Base64 adds a third, the envelope some more. */
    private static final int MOST_INLINE_BYTES = 700_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Which topic of adapters. */
    static final class InTopic {
        @Option(
                names = "--topic",
                paramLabel = "TOPIC",
                defaultValue = "adapters",
                description = "Default ${DEFAULT-VALUE}.")
        private String topic = "adapters";
    }

    @Command(
            name = "publish",
            description = "Puts an adapter into service under a name, or beside what is served (--canary, --shadow).",
            mixinStandardHelpOptions = true)
    int publish(
            @Mixin KafkaOptions kafka,
            @Mixin InTopic in,
            @Parameters(paramLabel = "NAME", description = "By which requests name it.") String name,
            @Parameters(paramLabel = "DIR", description = "As peft and 'tune' save it.") Path directory,
            @Option(
                            names = "--store",
                            paramLabel = "DIR",
                            description =
                                    "Where its archive is put for those who serve to read, when it is too large for a record.")
                    @Nullable
                    Path store,
            @Option(
                            names = "--uri",
                            paramLabel = "URI",
                            description =
                                    "Where they read it from (https: or file:), when that is not the file in --store.")
                    @Nullable
                    String uri,
            @Option(names = "--base", paramLabel = "MODEL", description = "Only this model takes it.") @Nullable
                    String base,
            @Option(
                            names = "--canary",
                            paramLabel = "SHARE",
                            description = "As a candidate that answers this share of the keys, 0 to 1.")
                    @Nullable
                    Double canary,
            @Option(names = "--shadow", description = "As a candidate that answers beside, to the topic of shadows.")
                    boolean shadow,
            @Option(
                            names = "--sign",
                            paramLabel = "FILE,FILE",
                            split = ",",
                            description =
                                    "Private and public key (openssl genpkey -algorithm ed25519; openssl pkey -pubout).")
                    Path @Nullable [] keys)
            throws IOException {
        if (canary != null && !(canary >= 0 && canary <= 1)) {
            throw new ParameterException(spec.commandLine(), "--canary is " + canary + "; it must be between 0 and 1");
        }
        AdapterKey key = key(name, canary != null || shadow);
        byte[] archive = AdapterArchive.pack(directory);
        AdapterEvent event = event(archive, store, uri, base);
        if (keys != null) {
            event = signed(key, event, keys);
        }
        KafkaConnection connection = kafka.connection();
        Topics.createCompacted(connection, in.topic);
        Map<AdapterKey, @Nullable AdapterEvent> records = new LinkedHashMap<>();
        records.put(key, key.candidate() ? event.asCandidate(canary, shadow) : event);
        AdapterRecords.write(connection, in.topic, records);
        System.err.println("Published " + key + ", version " + event.sha256());
        return 0;
    }

    @Command(
            name = "promote",
            description = "Puts a candidate into service, in one transaction.",
            mixinStandardHelpOptions = true)
    int promote(@Mixin KafkaOptions kafka, @Mixin InTopic in, @Parameters(paramLabel = "NAME") String name) {
        KafkaConnection connection = kafka.connection();
        AdapterEvent candidate = AdapterRecords.read(connection, in.topic).get(key(name, true));
        if (candidate == null) {
            throw new AppException("there is no candidate of " + name + " in topic " + in.topic);
        }
        Map<AdapterKey, @Nullable AdapterEvent> records = new LinkedHashMap<>();
        records.put(key(name, false), candidate.asServed());
        records.put(key(name, true), null);
        AdapterRecords.write(connection, in.topic, records);
        return 0;
    }

    @Command(
            name = "remove",
            description = "Takes an adapter away: requests that name it are answered by the model alone.",
            mixinStandardHelpOptions = true)
    int remove(
            @Mixin KafkaOptions kafka,
            @Mixin InTopic in,
            @Option(names = "--candidate", description = "Only its candidate.") boolean candidate,
            @Parameters(paramLabel = "NAME") String name) {
        Map<AdapterKey, @Nullable AdapterEvent> records = new LinkedHashMap<>();
        records.put(key(name, true), null);
        if (!candidate) {
            records.put(key(name, false), null);
        }
        AdapterRecords.write(kafka.connection(), in.topic, records);
        return 0;
    }

    @Command(name = "list", description = "Shows what is in the topic.", mixinStandardHelpOptions = true)
    int list(@Mixin KafkaOptions kafka, @Mixin InTopic in) {
        AdapterRecords.read(kafka.connection(), in.topic)
                .forEach((key, event) -> System.out.println(key + "  " + event.sha256()
                        + (event.uri() == null ? "  in the record" : "  " + event.uri())
                        + (event.canary() == null ? "" : "  canary " + event.canary())
                        + (event.shadow() == null ? "" : "  shadow")
                        + (event.signature() == null
                                ? ""
                                : "  signed by " + event.signature().key())));
        return 0;
    }

    private static AdapterKey key(String name, boolean candidate) {
        try {
            return new AdapterKey(name, candidate);
        } catch (AdapterRefusedException e) {
            throw new AppException(name + ": " + e.getMessage(), e);
        }
    }

    private static AdapterEvent event(byte[] archive, @Nullable Path store, @Nullable String uri, @Nullable String base)
            throws IOException {
        AdapterEvent stored = store == null ? null : AdapterArchive.store(archive, store, base);
        if (uri != null) {
            return AdapterEvent.at(uri, AdapterArchive.digest(archive), base);
        }
        if (stored != null) {
            return stored;
        }
        if (archive.length > MOST_INLINE_BYTES) {
            throw new AppException("the adapter has " + archive.length
                    + " bytes, too many for a record; name a directory that those who serve can read with --store");
        }
        return AdapterEvent.inline(archive, base);
    }

    private static AdapterEvent signed(AdapterKey key, AdapterEvent event, Path[] keys) {
        if (keys.length != 2) {
            throw new AppException("--sign takes two files: the private key and the public key");
        }
        try {
            return event.signed(AdapterSignature.sign(
                    key,
                    event,
                    AdapterSignature.privateKey(Files.readString(keys[0])),
                    AdapterSignature.publicKey(Files.readString(keys[1]))));
        } catch (IOException | IllegalArgumentException e) {
            throw new AppException("--sign: " + ErrorLine.of(e), e);
        }
    }
}
