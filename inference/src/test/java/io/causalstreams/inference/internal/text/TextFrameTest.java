package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.inference.GenerationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFrameTest {
    private static final String TEMPLATE = "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'[CLS]'}},"
            + "{'Sequence':{'id':'A'}},{'SpecialToken':{'id':'[SEP]'}}],'pair':[{'SpecialToken':{'id':'[CLS]'}},"
            + "{'Sequence':{'id':'A'}},{'SpecialToken':{'id':'[SEP]'}},{'Sequence':{'id':'B'}},{'SpecialToken':{'id':'[SEP]'}}],"
            + "'special_tokens':{'[CLS]':{'ids':[101]},'[SEP]':{'ids':[102]}}}";

    @TempDir
    Path directory;

    @Test
    void shouldPutATemplatesTokensAroundATextAndAPair() throws IOException {
        TextFrame frame = frame(TEMPLATE);
        assertThat(frame.around(new int[] {7, 8}, 9)).containsExactly(101, 7, 8, 102);
        TextFrame.Pair pair = frame.around(new int[] {7}, new int[] {8}, 9);
        assertThat(pair.ids()).containsExactly(101, 7, 102, 8, 102);
        assertThat(pair.secondFrom()).isEqualTo(3);
        assertThat(frame.pairSize()).isEqualTo(3);
    }

    @Test
    void shouldPutRobertasSeparatorTwiceBetweenTwoTexts() throws IOException {
        TextFrame frame = frame("{'type':'RobertaProcessing','sep':['</s>',2],'cls':['<s>',0]}");
        assertThat(frame.around(new int[] {7}, new int[] {8}, 9).ids()).containsExactly(0, 7, 2, 2, 8, 2);
    }

    @Test
    void shouldLookBehindAByteLevelProcessorAndDoWithNone() throws IOException {
        TextFrame last = frame("{'type':'Sequence','processors':[{'type':'ByteLevel'},{'type':'TemplateProcessing',"
                + "'single':[{'Sequence':{'id':'A'}},{'SpecialToken':{'id':'<end>'}}],'pair':[],"
                + "'special_tokens':{'<end>':{'ids':[5]}}}]}");
        assertThat(last.around(new int[] {7}, 9)).containsExactly(7, 5);
        assertThat(frame("null").around(new int[] {7}, 9)).containsExactly(7);
    }

    @Test
    void shouldCutTheLongerOfAPairFirst() throws IOException {
        TextFrame frame = frame("null");
        assertThat(frame.around(new int[] {1, 2}, new int[] {3, 4, 5, 6}, 5).ids())
                .containsExactly(1, 2, 3, 4, 5);
        assertThat(frame.around(new int[] {1, 2, 3, 4, 5}, new int[] {6, 7}, 5).ids())
                .containsExactly(1, 2, 3, 6, 7);
        assertThat(frame.around(new int[] {1, 2, 3, 4}, new int[] {5, 6, 7, 8}, 4)
                        .ids())
                .containsExactly(1, 2, 5, 6);
    }

    @Test
    void shouldRefuseAProcessorItDoesNotKnow() {
        assertThatThrownBy(() -> frame("{'type':'Surprise'}"))
                .isInstanceOf(GenerationException.Failed.class)
                .hasMessageContaining("Surprise");
    }

    private TextFrame frame(String processor) throws IOException {
        Files.writeString(
                directory.resolve("tokenizer.json"), ("{'post_processor':" + processor + "}").replace('\'', '"'));
        return TextFrame.read(directory);
    }
}
