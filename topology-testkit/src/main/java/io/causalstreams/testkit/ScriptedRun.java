package io.causalstreams.testkit;

import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.AnswerReader;
import io.causalstreams.inference.Embedding;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationEvent.LabelScore;
import io.causalstreams.inference.GenerationEvent.TokenChunk;
import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.GenerationListener;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.GenerationRequest.Task;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.TokenLogprob;
import io.causalstreams.inference.TokenLogprob.Alternative;
import io.causalstreams.inference.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One request of a {@link ScriptedEngine}. */
final class ScriptedRun {

    static final int VOCABULARY = 1 << 16;

    private static final Pattern BEFORE_A_SPACE = Pattern.compile("(?<=\\S)(?=\\s)");
    private static final double LOGPROB = -0.5;

    private final GenerationRequest request;
    private final List<String> words;
    private final ScriptedEngine.@Nullable Failure failure;
    private final GenerationListener listener;
    private final Consumer<ScriptedRun> atEnd;
    private final int[] done;
    private int limit;
    private final String text;

    ScriptedRun(
            GenerationRequest request,
            String text,
            ScriptedEngine.@Nullable Failure failure,
            GenerationListener listener,
            Consumer<ScriptedRun> atEnd) {
        this.request = request;
        this.text = text;
        this.words = text.isEmpty() ? List.of() : List.of(BEFORE_A_SPACE.split(text));
        this.failure = failure;
        this.listener = listener;
        this.atEnd = atEnd;
        this.done = new int[request.sampling().n()];
        for (int choice = 0; choice < request.resumeFrom().size(); choice++) {
            done[choice] = request.resumeFrom().get(choice).size();
        }
        Integer maxTokens = request.sampling().maxTokens();
        this.limit = maxTokens == null ? words.size() : Math.min(words.size(), maxTokens);
    }

    String id() {
        return request.id();
    }

    /** The next token of every choice; returns how many. */
    int step() {
        if (request.task() instanceof Task.Classify classify) {
            end(classified(classify));
            return 0;
        }
        if (request.task() instanceof Task.Embed embed) {
            end(embedded(embed));
            return 0;
        }
        if (request.task() instanceof Task.Rerank rerank) {
            end(ranked(rerank));
            return 0;
        }
        int stepped = 0;
        for (int choice = 0; choice < done.length; choice++) {
            if (failure != null && done[0] >= failure.tokens()) {
                endEarly(failure.error());
                return stepped;
            }
            if (done[choice] < limit) {
                listener.onTokens(chunk(choice));
                done[choice]++;
                stepped++;
            }
        }
        if (IntStream.of(done).allMatch(tokens -> tokens >= limit)) {
            end(finished(limit < words.size() ? FinishReason.LENGTH : FinishReason.STOP));
        }
        return stepped;
    }

    private void endEarly(@Nullable GenerationException error) {
        if (error == null) {
            limit = done[0];
            end(finished(FinishReason.DEADLINE_EXCEEDED));
        } else {
            atEnd.accept(this);
            listener.onFailed(error);
        }
    }

    void fail(GenerationException error) {
        atEnd.accept(this);
        listener.onFailed(error);
    }

    private void end(Finished finished) {
        atEnd.accept(this);
        listener.onFinished(finished);
    }

    private TokenChunk chunk(int choice) {
        String word = words.get(done[choice]);
        List<TokenLogprob> logprobs = request.sampling().logprobs() == null ? null : List.of(logprob(word));
        return new TokenChunk(choice, done[choice], List.of(idOf(word)), word, logprobs, parts(done[choice]));
    }

    /** What a word adds to what is said and called; calls are written {@code <tool_call>{"name": …}</tool_call>}. */
    private List<AnswerPart> parts(int word) {
        AnswerReader reader = AnswerReader.of(request.prompt());
        reader.accept(String.join("", words.subList(0, word)));
        List<AnswerPart> parts = new ArrayList<>(reader.accept(words.get(word)));
        if (word + 1 == limit) {
            parts.addAll(reader.finish());
        }
        return AnswerPart.joined(parts);
    }

    private List<AnswerPart> parts(String text) {
        AnswerReader reader = AnswerReader.of(request.prompt());
        List<AnswerPart> parts = new ArrayList<>(reader.accept(text));
        parts.addAll(reader.finish());
        return AnswerPart.joined(parts);
    }

    private Finished finished(FinishReason reason) {
        List<Choice> choices = new ArrayList<>();
        List<String> said = words.subList(0, limit);
        for (int choice = 0; choice < done.length; choice++) {
            choices.add(new Choice(
                    choice,
                    String.join("", said),
                    said.stream().map(ScriptedRun::idOf).toList(),
                    reason,
                    null,
                    request.sampling().logprobs() == null
                            ? null
                            : said.stream().map(this::logprob).toList(),
                    parts(String.join("", said))));
        }
        return new Finished(choices, usage(limit * done.length), promptTokens(), promptLogprobs(), null);
    }

    private @Nullable List<@Nullable TokenLogprob> promptLogprobs() {
        if (request.sampling().promptLogprobs() == null) {
            return null;
        }
        List<@Nullable TokenLogprob> scores = new ArrayList<>();
        for (int id : promptTokens()) {
            scores.add(scores.isEmpty() ? null : new TokenLogprob(id, "<" + id + ">", LOGPROB, 1, List.of()));
        }
        return scores;
    }

    /** The label the script says gets nearly all of the probability. */
    private Finished classified(Task.Classify classify) {
        int labels = classify.labels().size();
        double rest = labels == 1 ? 0 : 0.1 / (labels - 1);
        List<LabelScore> scores = classify.labels().stream()
                .map(label -> {
                    double probability = labels == 1 ? 1 : label.equals(text) ? 0.9 : rest;
                    return new LabelScore(label, Math.log(probability), probability);
                })
                .toList();
        return new Finished(List.of(), usage(0), promptTokens(), null, scores);
    }

    private Finished embedded(Task.Embed embed) {
        Embedding whole = BagOfWords.embedding(promptTokens());
        Integer dimensions = embed.dimensions();
        return new Finished(
                List.of(nothingSaid()),
                usage(0),
                promptTokens(),
                null,
                null,
                dimensions == null ? whole : whole.truncated(dimensions).normalized(),
                null);
    }

    /** A document's score is how near its words are to the query's. */
    private Finished ranked(Task.Rerank rerank) {
        Embedding query = BagOfWords.embedding(promptTokens());
        List<Double> scores = rerank.documents().stream()
                .map(document -> query.cosine(BagOfWords.embedding(promptTokens(new Prompt.Text(document)))))
                .toList();
        return new Finished(List.of(nothingSaid()), usage(0), List.of(), null, null, null, scores);
    }

    private static Choice nothingSaid() {
        return new Choice(0, "", List.of(), FinishReason.STOP, null, null);
    }

    private Usage usage(int completionTokens) {
        return new Usage(promptTokens().size(), completionTokens, 0);
    }

    private List<Integer> promptTokens() {
        return promptTokens(request.prompt());
    }

    static List<Integer> promptTokens(Prompt asked) {
        if (asked instanceof Prompt.Tokens tokens) {
            return tokens.ids();
        }
        String prompt = asked instanceof Prompt.Chat chat
                ? String.join(
                        " ", chat.messages().stream().map(Prompt.Message::text).toList())
                : ((Prompt.Text) asked).text();
        return prompt.isEmpty()
                ? List.of()
                : List.of(BEFORE_A_SPACE.split(prompt)).stream()
                        .map(ScriptedRun::idOf)
                        .toList();
    }

    private TokenLogprob logprob(String word) {
        Integer alternatives = request.sampling().logprobs();
        boolean own = alternatives != null && alternatives > 0;
        return new TokenLogprob(
                idOf(word), word, LOGPROB, 1, own ? List.of(new Alternative(idOf(word), word, LOGPROB)) : List.of());
    }

    private static int idOf(String word) {
        return Math.floorMod(word.hashCode(), VOCABULARY);
    }
}
