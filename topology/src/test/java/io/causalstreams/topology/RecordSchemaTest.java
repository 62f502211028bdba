package io.causalstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent;
import io.causalstreams.inference.ModelInfo;
import io.causalstreams.inference.Usage;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.OutputEvents;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordSchemaTest {

    @Test
    @SuppressWarnings("ArrayRecordComponent") // people have them
    void shouldDescribeRecordsInRecordsListsAndMaps() {
        record Person(String name) {}
        record Meeting(Person host, List<Person> guests, Map<String, Double> costs, String[] topics) {}
        String person = "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"],"
                + "\"additionalProperties\":false}";
        assertThat(RecordSchema.of(Meeting.class))
                .isEqualTo("{\"type\":\"object\",\"properties\":{\"host\":" + person
                        + ",\"guests\":{\"type\":\"array\",\"items\":" + person
                        + "},\"costs\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"number\"}}"
                        + ",\"topics\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
                        + "\"required\":[\"host\",\"guests\",\"costs\",\"topics\"],\"additionalProperties\":false}");
    }

    @Test
    void shouldLetAValueBeMissingWhereTheTypeSaysSo() {
        record Contact(Optional<String> mail, @Nullable Integer age) {}
        assertThat(RecordSchema.of(Contact.class))
                .contains("\"mail\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}")
                .contains("\"age\":{\"anyOf\":[{\"type\":\"integer\",")
                .contains("\"required\":[\"mail\",\"age\"]");
        assertThat(read(Contact.class, "{\"mail\":null,\"age\":null}", FinishReason.STOP)
                        .found())
                .isEqualTo(new Contact(Optional.empty(), null));
        assertThat(read(Contact.class, "{\"mail\":\"a@b\",\"age\":7}", FinishReason.STOP)
                        .found())
                .isEqualTo(new Contact(Optional.of("a@b"), 7));
    }

    @Test
    void shouldCopyTextThatIsVerbatim() {
        record Order(
                @Verbatim String product,
                @Verbatim Optional<List<String>> cities,
                @Verbatim Map<String, String> notes,
                String summary) {}
        record Count(@Verbatim int number) {}
        enum Size {
            SMALL
        }
        record Shirt(@Verbatim Size size) {}
        assertThat(RecordSchema.of(Order.class))
                .contains("\"product\":{\"type\":\"string\",\"x-verbatim\":true}")
                .contains("\"items\":{\"type\":\"string\",\"x-verbatim\":true}")
                .contains("\"additionalProperties\":{\"type\":\"string\",\"x-verbatim\":true}")
                .contains("\"summary\":{\"type\":\"string\"}");
        assertThatThrownBy(() -> RecordSchema.of(Count.class)).hasMessageContaining("Count.number is @Verbatim");
        assertThatThrownBy(() -> RecordSchema.of(Shirt.class)).hasMessageContaining("Shirt.size is @Verbatim");
    }

    @Test
    void shouldAskOnlyForWhatCanBeReadBack() {
        record Small(int count, byte level, char grade) {}
        assertThat(RecordSchema.of(Small.class))
                .contains("\"count\":{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647}")
                .contains("\"level\":{\"type\":\"integer\",\"minimum\":-128,\"maximum\":127}")
                .contains("\"grade\":{\"type\":\"string\",\"pattern\":\"^[ -\\\\uD7FF]$\"}");
    }

    @Test
    void shouldNameEnumConstantsAsJacksonReadsThem() {
        record Paint(Colour colour) {}
        assertThat(RecordSchema.of(Paint.class)).contains("\"enum\":[\"deep-red\",\"BLUE\"]");
        assertThat(read(Paint.class, "{\"colour\":\"deep-red\"}", FinishReason.STOP)
                        .found())
                .isEqualTo(new Paint(Colour.RED));
    }

    @Test
    void shouldRefuseARecordThatHoldsItself() {
        record Tree(List<Tree> children) {}
        assertThatThrownBy(() -> RecordSchema.of(Tree.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Tree.children");
    }

    @Test
    void shouldSayWhyNothingWasFound() {
        record City(String name) {}
        assertThat(read(City.class, "{\"name\":\"Os", FinishReason.LENGTH).problem())
                .hasValueSatisfying(why -> assertThat(why).contains("not whole after 3 tokens"));
        assertThat(read(City.class, "{\"name\":\"Oslo\"}", FinishReason.STOP).problem())
                .isEmpty();
    }

    private static <T> Extracted<String, T> read(Class<T> type, String json, FinishReason reason) {
        ModelInfo model = new ModelInfo("m", "0", 10, 10, "fp32", true);
        OutputEvents events = new OutputEvents("r", OutputEvents.Shape.CHAT, false, 0, model);
        GenerationEvent.Choice choice = new GenerationEvent.Choice(0, json, List.of(1, 2, 3), reason, null, null);
        CompletionEvent completion = events.completion(
                new GenerationEvent.Finished(List.of(choice), new Usage(1, 3, 0), List.of(1), null, null));
        return Extracted.of(written -> Extracted.read(type, written), "text", completion);
    }

    enum Colour {
        @JsonProperty("deep-red")
        RED,
        BLUE
    }
}
