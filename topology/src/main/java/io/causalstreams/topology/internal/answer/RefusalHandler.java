package io.causalstreams.topology.internal.answer;

import io.causalstreams.topology.OutputEvent;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.EventHeaders;
import io.causalstreams.topology.event.TokenEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Learns which answers a topic refuses.
 *
 * <p>Exactly once: a producer with a failed send cannot commit, so the transaction is aborted whatever is returned here. To go
 * on lets the other records of the batch be seen, each of which may be refused too; the first that fails would hide them.
 * Where nothing dooms the transaction (at least once), and for records that are no answers (dead letters, the journal), the
 * thread fails here, and the application ends.
 *
 * <p>Threading: the producer's.
 */
public final class RefusalHandler extends DefaultProductionExceptionHandler {

    private Refusals refusals = new Refusals();
    private boolean exactlyOnce;

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        if (configs.get(Refusals.PROPERTY) instanceof Refusals shared) {
            refusals = shared;
        }
        exactlyOnce = StreamsConfig.EXACTLY_ONCE_V2.equals(configs.get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (exactlyOnce && (Refusal.isOfSameBatch(exception) || isLearned(record, exception))) {
            return Response.resume();
        }
        return super.handleError(context, record, exception);
    }

    private boolean isLearned(ProducerRecord<byte[], byte[]> record, Exception exception) {
        OutputEvent.Kind kind = kind(record);
        String requestId = header(record, EventHeaders.SUBJECT);
        if (kind == null || requestId == null || !Refusal.isMeant(exception)) {
            return false;
        }
        return refusals.learn(kind, requestId, record, exception);
    }

    private static OutputEvent.@Nullable Kind kind(ProducerRecord<byte[], byte[]> record) {
        String type = header(record, EventHeaders.TYPE);
        if (TokenEvent.TYPE.equals(type)) {
            return OutputEvent.Kind.TOKENS;
        }
        return CompletionEvent.TYPE.equals(type) ? OutputEvent.Kind.COMPLETION : null;
    }

    private static @Nullable String header(ProducerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
