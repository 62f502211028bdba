import io.causalstreams.inference.*;
import io.causalstreams.topology.*;
import io.causalstreams.topology.event.ToolResultEvent;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.kstream.*;

class Agent {
    static final Tool STOCK = null;
    static final Tool WEATHER = null;

    void answer(CausalStreams causal, StreamsBuilder builder, KStream<String, String> questions) {
        // docs/tool-calls.md 1
    }
}
