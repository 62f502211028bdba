package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.AnswerReader;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.internal.answer.AnswerSyntax;
import io.causalstreams.inference.internal.answer.TaggedAnswer;
import io.causalstreams.inference.internal.text.RenderedChat;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the answers to one prompt are read.
 *
 * @param tools the functions they may call
 * @param startsThinking whether they begin inside the model's reasoning
 * @param mayThink whether they do, or may begin with it
 * @param shownTokens special tokens that are tags of the answer, which its text has to show
 */
record AnswerForm(
        AnswerSyntax syntax, List<Tool> tools, boolean startsThinking, boolean mayThink, Set<Integer> shownTokens) {
    static final AnswerForm PLAIN = new AnswerForm(AnswerSyntax.PLAIN, List.of(), false, false, Set.of());

    static AnswerForm of(RenderedChat chat, List<Tool> tools, Tokenizer tokenizer) {
        Set<Integer> shown = chat.answer().tags(!tools.isEmpty()).stream()
                .map(tag -> tokenizer.encodeTemplate(List.of(new TemplatePart(tag, true))))
                .filter(tokens -> tokens.length == 1)
                .flatMapToInt(IntStream::of)
                .filter(tokenizer::isSpecial)
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
        return new AnswerForm(
                chat.answer(), tools, chat.isThinking(), chat.answer().thinking() != null && !chat.hasThought(), shown);
    }

    AnswerReader reader() {
        return new TaggedAnswer(syntax, tools.stream().map(Tool::name).toList(), startsThinking);
    }
}
