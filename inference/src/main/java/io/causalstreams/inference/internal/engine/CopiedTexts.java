package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.OutputConstraint.Verbatim;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.internal.constraint.schema.SchemaCompiler;
import java.util.List;

/** The texts of a request that its answer may have to copy from. */
final class CopiedTexts {

    private CopiedTexts() {}

    /**
     * The form with the texts of the prompt, if it may ask for them. Other forms stay as they are: they are compiled once for all
     * prompts.
     */
    static OutputConstraint addTo(OutputConstraint form, Prompt prompt) {
        if (!mayCopy(form)) {
            return form;
        } else if (prompt instanceof Prompt.Chat chat) {
            return Verbatim.of(form, chat);
        }
        return prompt instanceof Prompt.Text text ? new Verbatim(form, List.of(text.text())) : form;
    }

    private static boolean mayCopy(OutputConstraint form) {
        String written = "";
        if (form instanceof OutputConstraint.JsonSchema schema) {
            written = schema.schema();
        } else if (form instanceof OutputConstraint.StructuralTag tag) {
            written = tag.tag();
        } else if (form instanceof OutputConstraint.Grammar grammar) {
            written = grammar.grammar();
        }
        return written.contains(SchemaCompiler.VERBATIM);
    }
}
