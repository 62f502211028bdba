import io.causalstreams.inference.*;
import io.causalstreams.registry.*;
import io.causalstreams.topology.*;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.streams.kstream.*;

class Orders {
    interface Mail {
        String getText();
    }

    void extract(CausalStreams causal, KStream<String, Mail> mails, Serde<GenericRecord> orderSerde) {
        // docs/schema-registry.md 1
    }
}
