package io.causalstreams.app.internal.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.app.internal.AppException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelListTest {

    @Test
    void shouldReadModelsAndTheirOtherNames(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("models");
        Files.writeString(file, "# ours\nsmall=smollm2-135m-instruct\n\nqwen2.5:1.5b=/models/a=b\ngpt-4o=@small\n");

        ModelList list = ModelList.read(file);

        assertThat(list.sources())
                .containsEntry("small", "smollm2-135m-instruct")
                .containsEntry("qwen2.5:1.5b", "/models/a=b");
        assertThat(list.aliases()).containsEntry("gpt-4o", "small");
        assertThat(list.defaultName()).isEqualTo("small");
        assertThat(list).hasToString("small, qwen2.5:1.5b, gpt-4o = small");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a               | names no model; write NAME=SRC",
                "a=x a=y         | model 'a' is there twice",
                "a=x b=@c        | there is no model 'c'; name one of a",
                "b=@b            | no model is listed",
            })
    void shouldSayWhatIsWrong(String entries, String message) {
        List<String> list = Arrays.asList(entries.split(" "));
        assertThatThrownBy(() -> ModelList.of(list))
                .isInstanceOf(AppException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"small=x,true", "small=@x,true", "owner/name,false", "./a=b,false", "/models/a=b,false", "x.gguf,false"
    })
    void shouldTellAnEntryFromASourceAlone(String text, boolean entry) {
        assertThat(ModelList.isEntry(text)).isEqualTo(entry);
    }
}
