import io.causalstreams.inference.*;
import io.causalstreams.topology.*;
import java.util.List;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;

class Embeddings {
    record Ticket(String text) {}

    record Question(String text, List<String> candidates) {}

    static class NearestTickets implements Processor<String, Embedded<Ticket>, String, Ticket> {
        @Override
        public void process(Record<String, Embedded<Ticket>> record) {}
    }

    void find(CausalStreams causal, KStream<String, Ticket> tickets, KStream<String, Question> questions) {
        // docs/embeddings.md 1
    }
}
