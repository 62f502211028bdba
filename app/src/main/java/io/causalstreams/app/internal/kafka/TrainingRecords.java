package io.causalstreams.app.internal.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.causalstreams.app.internal.AppException;
import io.causalstreams.app.internal.ErrorLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records to learn from, as a topic has them now. */
public final class TrainingRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TrainingRecords() {}

    /**
     * Writes the values of {@code topic} to {@code file}, one to a line, partition by partition in order; tombstones are left out. The
     * file is there whole or not at all.
     *
     * @throws AppException if the topic cannot be read, has no records, or has one that is no JSON; the message says which
     */
    public static void write(KafkaConnection connection, String topic, Path file) throws IOException {
        Map<Integer, List<String>> byPartition = new TreeMap<>();
        int partitions = WholeTopics.read(connection, List.of(topic), record -> {
            if (record.value() != null) {
                byPartition
                        .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                        .add(line(record));
            }
        });
        if (partitions == 0) {
            throw new AppException("there is no topic " + topic + "; check its name and the broker's");
        }
        if (byPartition.isEmpty()) {
            throw new AppException("topic " + topic + " has no records to learn from");
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, byPartition.values().stream().flatMap(List::stream).toList(), StandardCharsets.UTF_8);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String line(ConsumerRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value()).toString();
        } catch (IOException e) {
            throw new AppException(
                    "the record at offset " + record.offset() + " of " + record.topic() + "-" + record.partition()
                            + " is no JSON: "
                            + ErrorLine.of(e),
                    e);
        }
    }
}
