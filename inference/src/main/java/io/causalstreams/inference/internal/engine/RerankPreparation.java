package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.GenerationRequest.Task.Scoring;
import io.causalstreams.inference.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Makes of a request to rank documents one to score each, for a model that generates text.
 *
 * <pre>
 *   YES_NO         "Judge whether the Document meets the requirements …"      labels yes, no     P(yes) / (P(yes) + P(no))
 *   QUERY_LOGPROB  "Passage: … Please write a question …"                     label  the query   mean log-probability
 * </pre>
 *
 * <p>Threading: any thread.
 *
 * @see <a href="https://huggingface.co/Qwen/Qwen3-Reranker-0.6B">Qwen3-Reranker, whose prompt the first is</a>
 * @see <a href="https://arxiv.org/abs/2204.07496">Sachan et al., Improving passage retrieval with zero-shot question generation</a>
 */
final class RerankPreparation {
    static final String YES = "yes";

    private static final String NO = "no";
    private static final String INSTRUCTION =
            "Given a web search query, retrieve relevant passages that answer the query";
    private static final String JUDGE =
            "Judge whether the Document meets the requirements based on the Query and the Instruct"
                    + " provided. Note that the answer can only be \"yes\" or \"no\".";

    private final Function<GenerationRequest, TokenizedRequest> preparation;
    private final boolean chats;
    private final int most;

    /**
     * @param preparation of one request
     * @param chats whether the model has a chat template
     * @param most requests that may be in flight at once
     */
    RerankPreparation(Function<GenerationRequest, TokenizedRequest> preparation, boolean chats, int most) {
        this.preparation = preparation;
        this.chats = chats;
        this.most = most;
    }

    /** @throws Invalid naming the field at fault */
    RerankRequest prepare(GenerationRequest request, Task.Rerank rerank) {
        String query = check(request, rerank);
        List<TokenizedRequest> parts = new ArrayList<>();
        for (String document : rerank.documents()) {
            try {
                parts.add(preparation.apply(scored(request, rerank, query, document)));
            } catch (Invalid e) {
                throw new Invalid("documents", e.getMessage() + " (documents[" + parts.size() + "] with the query)")
                        .withPromptTokens(e.promptTokens());
            }
        }
        return new RerankRequest(request, parts, rerank.scoring());
    }

    private String check(GenerationRequest request, Task.Rerank rerank) {
        String id = "request " + request.id() + ": ";
        if (rerank.documents().isEmpty()) {
            throw new Invalid("documents", id + "documents is empty; give at least one");
        }
        if (rerank.documents().size() > most) {
            throw new Invalid(
                    "documents",
                    id + "there are " + rerank.documents().size() + " documents, the engine takes " + most
                            + " at once (slots + maxWaiting); send several requests");
        }
        if (rerank.truncate()) {
            throw new Invalid(
                    "truncate_prompt_tokens",
                    id + "a model that generates text cuts no prompt; send documents that fit");
        }
        if (request.prompt() instanceof Prompt.Text query && !query.text().isEmpty()) {
            return query.text();
        }
        throw new Invalid("query", id + "task rerank reads a query; send prompt as a string that is not empty");
    }

    private GenerationRequest scored(GenerationRequest request, Task.Rerank rerank, String query, String document) {
        return rerank.scoring() == Scoring.YES_NO
                ? request.withPrompt(judged(rerank, query, document)).withTask(new Task.Classify(List.of(YES, NO)))
                : request.withPrompt(asked(document)).withTask(new Task.Classify(List.of(query)));
    }

    private Prompt judged(Task.Rerank rerank, String query, String document) {
        String instruction = rerank.instruction() == null ? INSTRUCTION : rerank.instruction();
        String pair = "<Instruct>: " + instruction + "\n<Query>: " + query + "\n<Document>: " + document;
        return chats
                ? chat(new Prompt.Message("system", JUDGE), new Prompt.Message("user", pair))
                : new Prompt.Text(JUDGE + "\n" + pair + "\nAnswer: ");
    }

    private Prompt asked(String document) {
        String passage = "Passage: " + document + "\nPlease write a question based on this passage.";
        return chats ? chat(new Prompt.Message("user", passage)) : new Prompt.Text(passage + "\nQuestion: ");
    }

    private static Prompt chat(Prompt.Message... messages) {
        ChatOptions options = ChatOptions.builder()
                .templateVariables(Map.of("enable_thinking", false))
                .build();
        return new Prompt.Chat(List.of(messages), options);
    }
}
