import io.causalstreams.inference.*;
import io.causalstreams.topology.*;
import java.time.Duration;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.kstream.*;

class Enrichment {
    record Ticket(String text) {}

    void policies(CausalStreams causal, KStream<String, Ticket> tickets) {
        // docs/enrichment.md 1
    }

    void past(
            CausalStreams causal,
            StreamsBuilder builder,
            Serde<Ticket> ticketSerde,
            ValueMapper<Ticket, GenerationRequest> question) {
        // docs/enrichment.md 2
    }
}
