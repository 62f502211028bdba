package io.causalstreams.topology;

import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.topology.event.CompletionEvent;
import io.causalstreams.topology.event.ErrorCode;
import io.causalstreams.topology.event.ToolCallEvent;
import io.causalstreams.topology.event.ToolResultEvent;
import io.causalstreams.topology.internal.answer.Calling;
import io.causalstreams.topology.internal.answer.Inquiry;
import io.causalstreams.topology.internal.answer.PerKey;
import io.causalstreams.topology.internal.operator.AgentInput;
import io.causalstreams.topology.internal.operator.AgentOperator;
import io.causalstreams.topology.internal.operator.AgentOutput;
import io.causalstreams.topology.internal.operator.EnrichmentOperator;
import io.causalstreams.topology.internal.request.Throttle;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.ValueJoiner;
import org.apache.kafka.streams.kstream.ValueMapper;
import org.apache.kafka.streams.kstream.internals.AbstractStream;
import org.jspecify.annotations.Nullable;

/**
 * The records of a stream and a question to the model about each. One of {@link #join}, {@link #extract}, {@link #classify},
 * {@link #embed} and {@link #rerank} says what becomes of the answers, and is called last.
 *
 * <p>A record keeps its key, headers and timestamp, so nothing is repartitioned behind it. It is journaled until its answer is
 * published: a restart goes on where the model was, exactly once like everything in its topology. Answers come in the order
 * they are finished. A failed request is answered too: its completion has an {@code error}, also when the question cannot be
 * made. A record without a value is forwarded as it is, at once: a tombstone does not wait for the answers to earlier records
 * of its key. An exception of the joiner is an exception of the topology: it ends the stream thread.
 *
 * <p>The request's id is {@code <name>-<topic>-<partition>-<offset>}, with a number behind it for further records made of the
 * same input record.
 *
 * <p>Threading: of the thread that builds the topology; each method changes this object and returns it.
 *
 * @param <K> key of the records
 * @param <V> their value
 */
public final class Asked<K, V> {

    private final CausalStreams causal;
    private final KStream<K, V> records;
    private final ValueMapper<? super V, GenerationRequest> question;

    private CausalStreamsConfig config;
    private @Nullable String name;
    private @Nullable Serde<K> keySerde;
    private @Nullable Serde<V> valueSerde;
    private PerKey perKey = PerKey.INDEPENDENT;
    private @Nullable Tools<K> tools;
    private final EnrichmentPolicies policies = new EnrichmentPolicies();
    private @Nullable AnswerCheck<? super V> check;
    private @Nullable Side side;
    private @Nullable ValueMapper<? super V, String> copied;

    Asked(
            CausalStreams causal,
            CausalStreamsConfig config,
            KStream<K, V> records,
            ValueMapper<? super V, GenerationRequest> question) {
        this.causal = causal;
        this.config = config;
        this.records = records;
        this.question = question;
        if (records instanceof AbstractStream<?, ?>) {
            // as Kafka Streams' own operators take over the serdes of the stream before them
            @SuppressWarnings("unchecked")
            AbstractStream<K, V> stream = (AbstractStream<K, V>) records;
            this.keySerde = stream.keySerde();
            this.valueSerde = stream.valueSerde();
        }
    }

    /**
     * Names the operator, its journal, its requests and its meters. Needed where a topology has several of a kind; without it the name is
     * {@code causal-streams-enrich}, {@code -extract}, {@code -classify}, {@code -embed} or {@code -rerank}. The changelog is called
     * {@code <application.id>-<name>-journal-changelog}: another name is another journal.
     */
    public Asked<K, V> named(String operatorName) {
        this.name = operatorName;
        return this;
    }

    /** How records are journaled; without it by the stream's serdes, where it has none by the topology's default ones. */
    public Asked<K, V> withSerdes(Serde<K> keys, Serde<V> values) {
        this.keySerde = keys;
        this.valueSerde = values;
        return this;
    }

    /**
     * Answers of one key come in the order of its records, and a record without a value after the answers before it: what a
     * table made of the answers needs. A record waits for those of its key before it, so one busy key gets slow.
     *
     * <p>At once, even so, come the errors of records that are not taken (overflow, size) or whose deadline passes while they
     * wait, and a lower priority number still runs earlier. Records without a key do not wait.
     */
    public Asked<K, V> inKeyOrder() {
        this.perKey = PerKey.ORDERED;
        return this;
    }

    /**
     * Records of one key are the turns of a conversation. The question is the new turn alone, a chat; the turns before it
     * and their answers are put in front of it, as many of the latest as the context holds, behind its leading system
     * message. Turns run in the order of the records, as with {@link #inKeyOrder}; so a question that the engine refuses is
     * answered at once, too. A turn that failed is not kept, and a record without a key or a value is no turn.
     *
     * <p>Conversations are kept in the operator's state store, within the bounds
     * {@code causal.streams.conversation.max.*} and {@code idle.ms}.
     */
    public Asked<K, V> inConversation() {
        this.perKey = PerKey.CONVERSATION;
        return this;
    }

    /**
     * Makes an agent of it: calls of tools in an answer are published, and with their results the model is asked again, until
     * an answer calls none. Which tools there are says the question's {@link ChatOptions}.
     *
     * <p>Each call is a {@link ToolCallEvent} under the record's key. Whoever answers it writes a {@link ToolResultEvent} under the
     * same key to the topic of {@code results}, which must have as many partitions as that of the records: calls and results of a
     * record are its task's alone, and a record without a key is refused. The first result of a call counts; others are dropped, and what is missing after
     * {@code causal.streams.tool.result.ms} is replaced by a text that says so. After
     * {@code causal.streams.tool.max.rounds} the model has to answer. All of it is journaled with the record: a restart loses
     * and repeats nothing. With {@code n} choices the first is followed. The answer is {@linkplain #join joined}.
     *
     * @param callsTopic written to; with {@link ToolCallEvent#serde()}
     * @param results read with {@link ToolResultEvent#serde()}
     */
    public Asked<K, V> callingTools(String callsTopic, KStream<K, ToolResultEvent> results) {
        this.tools = new Tools<>(callsTopic, results);
        return this;
    }

    /**
     * Other bounds and timings for this operator alone.
     *
     * @param settings keys of {@link CausalStreamsConfig}; what they leave out stays
     */
    public Asked<K, V> withSettings(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(config.originals());
        all.putAll(settings);
        this.config = new CausalStreamsConfig(all);
        return this;
    }

    /**
     * Ends a request that has no answer after this time, counted from the record's arrival (again after a restart), with the error
     * {@code DEADLINE_EXCEEDED}. What takes its place says {@link Extracted#orElse}, {@link Classified#labelOr}, or the joiner.
     */
    public Asked<K, V> withTimeout(Duration timeout) {
        policies.timeout(timeout);
        return this;
    }

    /**
     * Tries a failed request again, behind the tokens it has. Attempts are counted by the task that owns the record: after a restart
     * anew.
     *
     * @param attempts the first one included
     * @param backoff before the second attempt; twice as long before each further one
     * @param kinds {@link ErrorCode#INFERENCE_ERROR} if none is given, and the only one that a second attempt can help
     */
    public Asked<K, V> retrying(int attempts, Duration backoff, ErrorCode... kinds) {
        policies.retry(attempts, backoff, kinds);
        return this;
    }

    /**
     * Asks about the records of one key in so many, always of the same ones; other records are left out. Records without a key are
     * all asked about.
     */
    public Asked<K, V> sampled(int oneInKeys) {
        policies.sample(oneInKeys);
        return this;
    }

    /**
     * Lets the records of each key spend so many tokens, of prompts and answers, in an hour of the clock; beyond it they end with the
     * error {@code BUDGET_EXCEEDED}. What runs when the budget is spent is finished. Kept in the operator's state store, and charged
     * exactly once. Records without a key share one budget in each task.
     */
    public Asked<K, V> withBudget(long tokensPerKeyAndHour) {
        return withBudget(tokensPerKeyAndHour, 1, 1);
    }

    /**
     * The same as a cost.
     *
     * @param promptToken cost of a token of a prompt
     * @param completionToken cost of a token of an answer
     */
    public Asked<K, V> withBudget(long costPerKeyAndHour, double promptToken, double completionToken) {
        policies.budget(costPerKeyAndHour, promptToken, completionToken);
        return this;
    }

    /**
     * Answers a record that asks what another has asked with the answer to that, without the engine: the same prompt, options,
     * model and adapter. Records that ask the same at once wait for the first. Only whole answers are kept, in the
     * operator's state store, and so by each task for its own partitions; as many bytes as {@code causal.streams.remember.max.bytes}.
     *
     * @param age how long an answer is kept
     * @param answers how many, by each task; the oldest goes first
     */
    public Asked<K, V> cached(Duration age, int answers) {
        policies.cache(age, answers);
        return this;
    }

    /**
     * Checks each answer. One that is refused is asked for once more, with the answer and the objection behind the question, which must be a
     * chat; when that is refused too, the completion has the error {@code ANSWER_REFUSED} beside its text.
     */
    public Asked<K, V> validated(AnswerCheck<? super V> answers) {
        this.check = answers;
        return this;
    }

    /**
     * What {@link #extract} copies from where its form is verbatim: {@link Verbatim @Verbatim} components, {@code "x-verbatim": true} in a
     * JSON Schema. Without it, the last user message of the question: instructions in that could be copied, too.
     *
     * @param text of a record, a pure function
     */
    public Asked<K, V> verbatimFrom(ValueMapper<? super V, String> text) {
        this.copied = text;
        return this;
    }

    /**
     * Starts no more requests a second, over all tasks of this process. Others wait in the journal, and when it is full in their topic:
     * so the past of a topic is replayed beside other work.
     */
    public Asked<K, V> limitedToRecords(double perSecond) {
        policies.throttle(Throttle.ofRecords(perSecond));
        return this;
    }

    /** The same in tokens, of prompts and answers; what a request costs is counted at its end, and made up for then. */
    public Asked<K, V> limitedToTokens(double perSecond) {
        policies.throttle(Throttle.ofTokens(perSecond));
        return this;
    }

    /**
     * Writes records whose answer is less probable to a topic of their own, and leaves them out of what is returned. A record goes there
     * as it came, with the headers {@code causal-streams-probability} and {@code causal-streams-answer}. The probability is
     * {@link CompletionEvent#probability}; failed requests are not unsure.
     *
     * @param probability below which an answer is unsure, 0..1
     */
    public Asked<K, V> unsureTo(String topic, double probability) {
        this.side = new Side(topic, probability);
        return this;
    }

    /**
     * Joins the answer to its record.
     *
     * @param joiner makes the result of the value and its completion, which has an {@code error} when the request failed
     */
    public <R> KStream<K, R> join(ValueJoiner<? super V, ? super CompletionEvent, ? extends R> joiner) {
        return operator("enrich", question::apply, joiner::apply);
    }

    /**
     * Extracts facts from each record into a record class: the model can only answer with JSON of its form.
     *
     * @param type a record of text, numbers, booleans, enums, records, and lists, arrays and maps by text of them; Optional
     *     or {@code @Nullable} where a record may not say it; {@link Verbatim @Verbatim} where it says it as it is. Its schema
     *     replaces the constraint of the question
     */
    public <T> KStream<K, Extracted<V, T>> extract(Class<T> type) {
        OutputConstraint schema = new OutputConstraint.JsonSchema(RecordSchema.of(type));
        return extract(Inquiry.of(
                value -> Requests.constrained(question.apply(value), schema, value, copied),
                (value, completion) -> Extracted.of(json -> Extracted.read(type, json), value, completion)));
    }

    /**
     * Extracts facts from each record into what {@code form} says, as the registered schema of the topic they are written to.
     *
     * @param form its schema replaces the constraint of the question; its latest version when a record arrives is the record's
     */
    public <T> KStream<K, Extracted<V, T>> extract(OutputForm<T> form) {
        return extract(new FormInquiry<>(causal.engine(), form, question, copied, operatorName("extract")));
    }

    private <T> KStream<K, Extracted<V, T>> extract(Inquiry<V, Extracted<V, T>> inquiry) {
        refuseTools("a record that is extracted calls no tools: its form allows none");
        return operator("extract", inquiry);
    }

    /**
     * Gives each record the most likely of {@code labels}, for {@code split()} and {@code branch()}. Scores every label;
     * generates nothing.
     *
     * @param labels at least one, none empty, none twice
     * @throws IllegalStateException after {@link #inConversation}: a label is no answer that another turn could follow
     */
    public KStream<K, Classified<V>> classify(String... labels) {
        return classify(List.of(labels));
    }

    /** The same with labels that were computed. */
    public KStream<K, Classified<V>> classify(List<String> labels) {
        List<String> all = List.copyOf(labels);
        if (all.isEmpty() || all.contains("") || new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException("labels are " + all + "; give at least one, none empty, none twice");
        }
        refuseConversation("a label");
        refuseTools("a label calls no tools");
        return operator("classify", value -> Requests.classifying(question.apply(value), all), Classified::of);
    }

    /**
     * Gives each record the vector of its question, which is a text: {@code GenerationRequest.embed(…)}. For models of embeddings.
     *
     * @throws IllegalStateException after {@link #inConversation}: a vector is no answer that another turn could follow
     */
    public KStream<K, Embedded<V>> embed() {
        refuseConversation("a vector");
        refuseTools("a vector calls no tools");
        return operator("embed", value -> Requests.embedding(question.apply(value)), Embedded::of);
    }

    /**
     * Ranks documents of each record by how well they answer its question, which is a text: the query.
     *
     * @param documents of a value, a pure function; of a record without any the request fails
     * @throws IllegalStateException after {@link #inConversation}: a ranking is no answer that another turn could follow
     */
    public KStream<K, Reranked<V>> rerank(ValueMapper<? super V, List<String>> documents) {
        refuseConversation("a ranking");
        refuseTools("a ranking calls no tools");
        return operator(
                "rerank",
                value -> Requests.reranking(question.apply(value), documents.apply(value)),
                (value, completion) -> Reranked.of(value, documents.apply(value), completion));
    }

    private void refuseConversation(String what) {
        if (perKey == PerKey.CONVERSATION) {
            throw new IllegalStateException(
                    what + " is no turn of a conversation; use inKeyOrder(), or join or extract");
        }
    }

    private void refuseTools(String why) {
        if (tools != null) {
            throw new IllegalStateException(why + "; use join, or leave callingTools out");
        }
    }

    private <R> KStream<K, R> operator(
            String kind, Function<V, GenerationRequest> request, BiFunction<V, CompletionEvent, R> join) {
        return tools != null
                ? agent(operatorName(kind), request, join, tools)
                : operator(kind, Inquiry.of(request, join));
    }

    private <R> KStream<K, R> operator(String kind, Inquiry<V, R> inquiry) {
        Inquiry<V, R> asked = check == null ? inquiry : new CheckedInquiry<>(inquiry, check);
        return side == null
                ? processed(kind, asked)
                : sure(processed(kind, new SureInquiry<>(asked, side.below())), side.topic());
    }

    private <R> KStream<K, R> sure(KStream<K, SureInquiry.Answer<V, R>> answers, String unsureTopic) {
        answers.filter((key, each) -> each instanceof SureInquiry.Unsure)
                .processValues(UnsureHeaders<K, V, R>::new)
                .to(unsureTopic, Produced.with(keySerde, valueSerde));
        return answers.filter((key, each) -> !(each instanceof SureInquiry.Unsure))
                .mapValues(each -> each == null ? null : ((SureInquiry.Sure<V, R>) each).result());
    }

    private <R> KStream<K, R> processed(String kind, Inquiry<V, R> inquiry) {
        if (perKey == PerKey.CONVERSATION && policies.options().kept()) {
            throw new IllegalStateException("the turns before it are part of what is asked; leave cached out");
        }
        String operator = operatorName(kind);
        return records.processValues(new EnrichmentOperator<>(
                operator,
                causal.operator(operator, policies.settings(config.settings()), policies.policies()),
                inquiry,
                keySerde,
                valueSerde,
                perKey,
                policies.options(),
                null));
    }

    private String operatorName(String kind) {
        return name == null ? CausalStreams.NAME + "-" + kind : name;
    }

    private <R> KStream<K, R> agent(
            String operator,
            Function<V, GenerationRequest> request,
            BiFunction<V, CompletionEvent, R> join,
            Tools<K> tools) {
        if (check != null || side != null || policies.options().kept()) {
            throw new IllegalStateException(
                    "an answer that calls tools is no last one; leave validated, unsureTo and cached out");
        }
        EnrichmentOperator<K, V, AgentOutput<R>> questions = new EnrichmentOperator<>(
                operator,
                causal.operator(operator, policies.settings(config.settings()), policies.policies()),
                Inquiry.of(request, (value, completion) -> new AgentOutput.Answer<>(join.apply(value, completion))),
                keySerde,
                valueSerde,
                perKey,
                policies.options(),
                new Calling<>(config.tools(), AgentOutput.Call::new));
        KStream<K, AgentInput<V>> asked = records.mapValues(AgentInput.Question::new);
        KStream<K, AgentInput<V>> answered = tools.results().mapValues(AgentInput.Result::new);
        KStream<K, AgentOutput<R>> outputs = asked.merge(answered).processValues(new AgentOperator<>(questions));
        outputs.filter((key, output) -> output instanceof AgentOutput.Call)
                .mapValues(output -> ((AgentOutput.Call<R>) output).call())
                .to(tools.callsTopic(), Produced.with(keySerde, ToolCallEvent.serde()));
        return outputs.filter((key, output) -> !(output instanceof AgentOutput.Call))
                .mapValues(output -> output == null ? null : ((AgentOutput.Answer<R>) output).value());
    }

    private record Side(String topic, double below) {}

    private record Tools<K>(String callsTopic, KStream<K, ToolResultEvent> results) {}
}
