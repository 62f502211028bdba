import io.causalstreams.inference.*;
import io.causalstreams.topology.*;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.kstream.*;

class InYourTopology {
    interface Article {
        String text();

        Article withSummary(String summary);
    }

    void start(Properties properties, Serde<Article> articleSerde) {
        // README.md 1
    }
}
