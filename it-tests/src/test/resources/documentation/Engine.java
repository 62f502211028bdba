import dev.langchain4j.model.chat.*;
import io.causalstreams.inference.*;
import io.causalstreams.langchain4j.*;
import java.io.PrintStream;
import java.nio.file.Path;

class Engine {
    void generate(Path modelDirectory, PrintStream out) {
        // docs/engine.md 1
    }

    void chat(GenerationEngine engine) {
        // docs/engine.md 2
    }
}
