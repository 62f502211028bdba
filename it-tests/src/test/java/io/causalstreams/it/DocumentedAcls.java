package io.causalstreams.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The {@code kafka-acls.sh} commands of a page of the documentation, as command lines and as what they grant. */
final class DocumentedAcls {
    private static final String ADMIN = "--bootstrap-server BROKER --command-config admin.properties";

    private final Path page;

    private DocumentedAcls(Path page) {
        this.page = page;
    }

    /** What the user of {@code serve} needs. */
    static DocumentedAcls ofServe() {
        return new DocumentedAcls(Path.of("../docs/operations.md"));
    }

    /** What it needs for its HTTP door, beside. */
    static DocumentedAcls ofDoor() {
        return new DocumentedAcls(Path.of("../docs/http.md"));
    }

    /** Each as an administrator types it, at {@code broker}, who needs no password there. */
    List<String> commandLines(String broker) {
        return lines().stream()
                .map(line -> line.replace(ADMIN, "--bootstrap-server " + broker))
                .toList();
    }

    /** What all of them grant together. */
    List<AclBinding> bindings() {
        List<AclBinding> bindings = new ArrayList<>();
        lines().forEach(line -> bindings.addAll(bindings(line)));
        return bindings;
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(page).stream()
                    .filter(line -> line.startsWith("kafka-acls.sh "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<AclBinding> bindings(String line) {
        List<AclOperation> operations = new ArrayList<>();
        List<String> names = new ArrayList<>();
        ResourceType type = ResourceType.UNKNOWN;
        PatternType pattern = PatternType.LITERAL;
        String principal = "";
        String[] words = line.replace(ADMIN + " --add ", "").split(" +", -1);
        for (int i = 1; i < words.length; i += 2) {
            String value = words[i + 1];
            switch (words[i]) {
                case "--allow-principal" -> principal = value;
                case "--operation" -> operations.add(AclOperation.fromString(value));
                case "--resource-pattern-type" -> pattern = PatternType.fromString(value.toUpperCase(Locale.ROOT));
                case "--topic", "--group", "--transactional-id" -> {
                    type = ResourceType.fromString(words[i].substring(2).replace('-', '_'));
                    names.add(value);
                }
                default -> throw new AssertionError("what is " + words[i] + " in: " + line);
            }
        }
        List<AclBinding> bindings = new ArrayList<>();
        for (String name : names) {
            for (AclOperation operation : operations) {
                bindings.add(new AclBinding(
                        new ResourcePattern(type, name, pattern),
                        new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
            }
        }
        return bindings;
    }
}
