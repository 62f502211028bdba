package io.causalstreams.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.causalstreams.topology.CausalStreamsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/** What editors complete in {@code application.yaml}: the operators' settings, as {@link CausalStreamsConfig} says them. */
class OperatorSettingsMetadataTest {
    private static final Path FILE =
            Path.of("src/main/resources/META-INF/additional-spring-configuration-metadata.json");

    @Test
    void shouldSayWhatTheCodeSays() throws IOException {
        String expected = metadata();
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(FILE, expected);
        }
        assertThat(Files.readString(FILE))
                .as(FILE + " is made from the code; run this test with -DargLine=-Ddocs.write=true")
                .isEqualTo(expected);
    }

    private static String metadata() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        ArrayNode properties = root.putArray("properties");
        new TreeMap<>(CausalStreamsConfig.definition().configKeys()).forEach((name, key) -> {
            ObjectNode property = properties.addObject();
            property.put("name", name);
            property.put("type", type(key.type));
            property.put("description", key.documentation);
            if (key.hasDefault() && key.defaultValue != null) {
                property.set("defaultValue", mapper.valueToTree(key.defaultValue));
            }
        });
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static String type(ConfigDef.Type type) {
        return switch (type) {
            case INT -> "java.lang.Integer";
            case LONG -> "java.lang.Long";
            case BOOLEAN -> "java.lang.Boolean";
            case DOUBLE -> "java.lang.Double";
            case LIST -> "java.util.List<java.lang.String>";
            default -> "java.lang.String";
        };
    }
}
