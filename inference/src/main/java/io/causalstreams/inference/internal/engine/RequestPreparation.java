package io.causalstreams.inference.internal.engine;

import io.causalstreams.inference.GenerationException.Invalid;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.PreparedRequest;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.internal.answer.AnswerConstraint;
import io.causalstreams.inference.internal.answer.AnswerSyntax;
import io.causalstreams.inference.internal.constraint.mask.ReasoningConstraint;
import io.causalstreams.inference.internal.constraint.mask.ReasoningTokens;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import io.causalstreams.inference.internal.model.ModelMetadata;
import io.causalstreams.inference.internal.text.RenderedChat;
import io.causalstreams.inference.internal.text.StopStrings;
import io.causalstreams.inference.internal.text.Tokenizer;
import io.causalstreams.inference.internal.text.Tokenizer.TemplatePart;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into tokens and checks it against the model. Pure but for the constraint cache; any thread.
 */
final class RequestPreparation {
    private final ModelMetadata metadata;
    /** Also the mark of what this prepared. */
    private final Vocabulary vocabulary;

    private final int contextTokens;
    private final Tokenizer tokenizer;
    private final @Nullable Function<Prompt.Chat, RenderedChat> template;
    private final Function<OutputConstraint, TokenConstraint> constraints;
    private final Adapters adapters;
    private final Map<AnswerSyntax.Tags, ReasoningTokens> reasoning = new ConcurrentHashMap<>();

    /**
     * @param contextTokens prompt and completion tokens a request may hold
     * @param template renders a conversation, null when the model has none
     * @param constraints compiles a constraint or throws Invalid
     * @param adapters those that requests can name
     */
    RequestPreparation(
            ModelMetadata metadata,
            int contextTokens,
            Tokenizer tokenizer,
            @Nullable Function<Prompt.Chat, RenderedChat> template,
            Function<OutputConstraint, TokenConstraint> constraints,
            Adapters adapters) {
        this.metadata = metadata;
        this.vocabulary = new Vocabulary(metadata.vocabularySize());
        this.contextTokens = contextTokens;
        this.tokenizer = tokenizer;
        this.template = template;
        this.constraints = constraints;
        this.adapters = adapters;
    }

    /** Everything the engine thread needs to run the request. @throws Invalid naming the field at fault */
    TokenizedRequest prepare(GenerationRequest request) {
        if (request.task() instanceof GenerationRequest.Task.Embed) {
            throw new Invalid(
                    "task",
                    "request " + request.id() + ": model " + metadata.name()
                            + " generates text and makes no embeddings; name a model that does (its checkpoint has a"
                            + " modules.json or is an encoder)");
        }
        Prompt asked = request.prompt();
        if (asked instanceof Prompt.Chat chat) {
            RenderedChat rendered = render(request.id(), chat);
            AnswerForm answer = AnswerForm.of(rendered, chat.options().callable(), tokenizer);
            return prepare(request, tokenizer.encodeTemplate(rendered.parts()), answer);
        }
        return prepare(request, promptTokens(request.id(), asked), AnswerForm.PLAIN);
    }

    private TokenizedRequest prepare(GenerationRequest request, int[] prompt, AnswerForm answer) {
        try {
            return check(request, prompt, answer);
        } catch (Invalid e) {
            throw e.withPromptTokens(prompt.length);
        }
    }

    private TokenizedRequest check(GenerationRequest request, int[] prompt, AnswerForm answer) {
        String id = request.id();
        SamplingParams sampling = request.sampling();
        String field = request.prompt() instanceof Prompt.Chat ? "messages" : "prompt";
        int longest = contextTokens - (Integer.valueOf(0).equals(sampling.maxTokens()) ? 0 : 1);
        if (prompt.length > longest) {
            throw new Invalid(
                    field,
                    "request " + id + ": prompt has " + prompt.length + " tokens, the context holds " + contextTokens
                            + (prompt.length == contextTokens ? " and needs room for a token" : "")
                            + "; shorten the prompt or raise the engine's context tokens");
        }
        if (prompt.length == 0) {
            throw new Invalid(field, "request " + id + ": the prompt has no tokens; give it text");
        }
        vocabulary.check(id, "logit_bias", sampling.logitBias().keySet());
        int left = contextTokens - prompt.length;
        @Nullable
        List<TokenizedRequest.Label> labels =
                request.task() instanceof GenerationRequest.Task.Classify task ? labels(id, task.labels(), left) : null;
        OutputConstraint constraint = constraint(request, answer);
        return new TokenizedRequest(
                vocabulary,
                request,
                prompt,
                answer,
                StopStrings.of(sampling.stop(), tokenizer),
                sampling.maxTokens() == null ? left : Math.min(left, sampling.maxTokens()),
                sampling.seed() == null ? seed(id) : sampling.seed(),
                withReasoning(
                        constraint == null ? null : constraints.apply(constraint),
                        answer,
                        sampling.maxThinkingTokens()),
                adapters.of(request),
                labels);
    }

    /** The form of the answer: what was asked for, or calls of the tools as their schemas are. */
    private static @Nullable OutputConstraint constraint(GenerationRequest request, AnswerForm answer) {
        OutputConstraint asked = request.sampling().constraint();
        OutputConstraint form = request.prompt() instanceof Prompt.Chat chat
                ? AnswerConstraint.of(answer.syntax(), chat.options(), asked)
                : asked;
        return form == null ? null : CopiedTexts.addTo(form, request.prompt());
    }

    /** What a model thinks first is bounded, and no part of the answer's form. */
    private @Nullable TokenConstraint withReasoning(
            @Nullable TokenConstraint form, AnswerForm answer, @Nullable Integer maxTokens) {
        AnswerSyntax.Tags tags = answer.syntax().thinking();
        if (tags == null || !answer.mayThink() || (form == null && maxTokens == null)) {
            return form;
        }
        ReasoningTokens tokens = reasoning.computeIfAbsent(
                tags,
                each -> new ReasoningTokens(each, tokenizer, Math.min(tokenizer.size(), metadata.vocabularySize())));
        return new ReasoningConstraint(
                tokens, form, Objects.requireNonNullElse(maxTokens, Integer.MAX_VALUE), answer.startsThinking());
    }

    /**
     * The request as this prepared it.
     *
     * @throws IllegalArgumentException if another did
     */
    TokenizedRequest own(PreparedRequest request) {
        if (request instanceof TokenizedRequest tokenized && tokenized.vocabulary == vocabulary) {
            return tokenized;
        }
        throw new IllegalArgumentException("request " + request.request().id()
                + " was prepared by another engine; prepare it with the one that is to run it");
    }

    /** The prompt as the model reads it. @throws Invalid naming the field at fault */
    private int[] promptTokens(String id, Prompt prompt) {
        if (prompt instanceof Prompt.Tokens tokens) {
            vocabulary.check(id, "prompt", tokens.ids());
            return tokens.ids().stream().mapToInt(Integer::intValue).toArray();
        }
        Prompt.Text text = (Prompt.Text) prompt;
        int[] tokens = tokenizer.encodeTemplate(List.of(new TemplatePart(text.text(), text.parseSpecial())));
        boolean addBos = text.addSpecialTokens() && metadata.addBos();
        return addBos && metadata.bosTokenId() >= 0 ? prepend(metadata.bosTokenId(), tokens) : tokens;
    }

    private RenderedChat render(String id, Prompt.Chat chat) {
        if (template == null) {
            throw new Invalid(
                    "messages",
                    "request " + id + ": model " + metadata.name()
                            + " has no chat template; send a prompt instead of messages");
        }
        if (chat.messages().isEmpty()) {
            throw new Invalid("messages", "request " + id + ": messages is empty; send at least one");
        }
        return template.apply(chat);
    }

    private List<TokenizedRequest.Label> labels(String id, List<String> texts, int left) {
        if (texts.isEmpty()) {
            throw new Invalid("labels", "request " + id + ": labels is empty; name at least one");
        }
        if (new HashSet<>(texts).size() < texts.size()) {
            throw new Invalid("labels", "request " + id + ": labels names one twice; each must be different");
        }
        List<TokenizedRequest.Label> labels = new ArrayList<>();
        for (String text : texts) {
            int[] tokens = tokenizer.encodeText(text);
            if (tokens.length == 0) {
                throw new Invalid("labels", "request " + id + ": a label is empty; give it text");
            }
            if (tokens.length > left) {
                throw new Invalid(
                        "labels",
                        "request " + id + ": label '" + text + "' has " + tokens.length + " tokens, the prompt leaves "
                                + left + " of " + contextTokens + "; shorten one of them");
            }
            labels.add(new TokenizedRequest.Label(text, tokens));
        }
        return labels;
    }

    private static int[] prepend(int token, int[] tokens) {
        int[] result = new int[tokens.length + 1];
        result[0] = token;
        System.arraycopy(tokens, 0, result, 1, tokens.length);
        return result;
    }

    /** FNV-1a, 64 bits: the same id gives the same draws on every machine and in every version. */
    static long seed(String id) {
        long hash = 0xcbf29ce484222325L;
        for (byte each : id.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
