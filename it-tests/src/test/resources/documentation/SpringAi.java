import io.causalstreams.inference.*;
import io.causalstreams.springai.*;
import org.springframework.ai.chat.client.*;

class SpringAi {
    record City(String name) {}

    void client(GenerationEngine engine) {
        // docs/engine.md 3
    }
}
