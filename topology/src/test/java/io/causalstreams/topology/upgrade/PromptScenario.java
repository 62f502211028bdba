package io.causalstreams.topology.upgrade;

import static io.causalstreams.topology.upgrade.ScenarioRun.header;

import com.fasterxml.jackson.databind.JsonNode;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.topology.CausalStreams;
import io.causalstreams.topology.CausalStreamsConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.streams.StreamsBuilder;

/** The prompt operator with answered, running and waiting requests of every shape, and conversations. */
final class PromptScenario implements Scenario {

    @Override
    public String name() {
        return "prompts";
    }

    /** 24 words, some of several bytes a character; or a label. */
    @Override
    public String script(GenerationRequest request) {
        String id = request.id();
        if (id.equals("classified") || id.equals("labels")) {
            return "good";
        }
        return "The answer to " + id + ": naïve façade, Привет мир, 日本 語, a 😀 and more words of it,"
                + " one after the other, until they end.";
    }

    @Override
    public Properties properties(GenerationEngine engine) {
        return operator(engine).streamsProperties();
    }

    @Override
    public void attachTo(StreamsBuilder builder, GenerationEngine engine) {
        operator(engine).attachTo(builder);
    }

    private static CausalStreams operator(GenerationEngine engine) {
        return new CausalStreams(
                engine,
                Map.of(
                        CausalStreamsConfig.MAX_IN_FLIGHT_CONFIG,
                        9,
                        CausalStreamsConfig.CONVERSATION_BY_KEY_CONFIG,
                        true));
    }

    @Override
    public void play(ScenarioRun run) {
        endSome(run);
        runSome(run);
        letSomeWait(run);
        run.turn();
    }

    @Override
    public Map<String, List<Integer>> publishedAtStop(Recording recording) {
        Map<String, Map<Integer, Integer>> tokens = new HashMap<>();
        for (Recording.Entry entry : recording.untilStop("tokens")) {
            JsonNode event = entry.json();
            JsonNode choice = event.path("choices").path(0);
            tokens.computeIfAbsent(event.path("id").asText(), id -> new TreeMap<>())
                    .merge(
                            choice.path("index").asInt(),
                            choice.path("token_count").asInt(),
                            Integer::sum);
        }
        recording
                .untilStop("completions")
                .forEach(entry -> tokens.remove(entry.json().path("id").asText()));
        Map<String, List<Integer>> published = new HashMap<>();
        tokens.forEach((id, ofChoices) -> published.put(id, List.copyOf(ofChoices.values())));
        return published;
    }

    private static void endSome(ScenarioRun run) {
        prompt(run, "k-1", "answered", "'messages':[{'role':'user','content':'Weather?'}],'return_token_ids':true");
        prompt(run, "k-2", "choices", "'prompt':'Once upon','n':2,'logprobs':1");
        prompt(run, "k-3", "classified", "'prompt':'Good or bad?','task':'classify','labels':['good','bad']");
        prompt(run, "k-4", "cancelled", "'prompt':'A long story'");
        prompt(run, "k-5", "turn-1", """
                'session_id':'s','messages':[{'role':'system','content':'Be brief.'},\
                {'role':'user','name':'ada','content':'Grüße'}]""");
        prompt(run, "talk", "talk-1", "'messages':[{'role':'user','content':'Hello'}]");
        prompt(run, "k-6", "invalid", "'prompt':'x','temperature':-1");
        run.send("prompts", "k-7", "{no JSON");
        run.step();
        run.step();
        run.send("prompts", null, null, header("causal-streams-cancel", "cancelled"));
        run.runToTheEnd();
    }

    private static void runSome(ScenarioRun run) {
        prompt(run, "r-1", "logprobs", """
                'messages':[{'role':'user','content':'Count'}],'n':2,'logprobs':true,'top_logprobs':2,\
                'return_token_ids':true""");
        prompt(run, "r-2", "sampled", """
                'prompt':'Sample','temperature':0.7,'top_p':0.9,'top_k':40,'min_p':0.05,'seed':42,'stop':['###'],\
                'repetition_penalty':1.1,'presence_penalty':0.5,'frequency_penalty':0.5,'logit_bias':{'50':-5},\
                'max_completion_tokens':20,'min_tokens':2,'user':'ada','prompt_logprobs':0""");
        prompt(run, "r-3", "ключ-☃", "'prompt':'Ünïcode'");
        run.send(
                "prompts",
                "r-4",
                json("headers", "'prompt':'With headers'"),
                header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                header("twice", "one"),
                header("twice", "two"),
                header("null", (byte[]) null),
                header("binary", new byte[] {0, (byte) 0xff}));
        prompt(run, "r-5", "token-ids", "'prompt':[1,2,3]");
        prompt(run, "r-6", "turn-2", "'session_id':'s','messages':[{'role':'user','content':'And then?'}]");
        prompt(run, "r-7", "constrained", """
                'prompt':'As JSON','response_format':{'type':'json_schema','json_schema':{'name':'n',\
                'schema':{'type':'object','properties':{'a':{'type':'string'}},'required':['a']}}}""");
        // fields that the first release ignored
        prompt(run, "r-8", "extras", """
                'messages':[{'role':'user','content':'Extras'}],'stream':true,'stream_options':{'include_usage':true},\
                'metadata':{'a':'b'},'store':true,'service_tier':'auto','parallel_tool_calls':true,'tools':\
                [{'type':'function','function':{'name':'now','parameters':{'type':'object','properties':{}}}}]""");
        for (int token = 0; token < 12; token++) {
            run.step();
        }
        prompt(run, "r-9", "fresh", "'prompt':'No token yet'");
        run.turn();
    }

    private static void letSomeWait(ScenarioRun run) {
        prompt(run, "w-1", "waits", "'messages':[{'role':'user','content':[{'type':'text','text':'Wait'}]}]");
        prompt(run, "w-2", "urgent", "'prompt':'Urgent','priority':-5");
        prompt(run, "w-3", "turn-3", "'session_id':'s','messages':[{'role':'user','content':'The end?'}]");
        prompt(run, "talk", "talk-2", "'messages':[{'role':'user','content':'Still there?'}]");
        long deadline = ScenarioRun.START.getEpochSecond() + 3600;
        prompt(run, "w-4", "deadline", "'prompt':'In time','deadline':" + deadline);
        prompt(run, "w-5", "expired", "'prompt':'Too late','deadline':" + (ScenarioRun.START.getEpochSecond() + 30));
        run.send("prompts", null, "{\"prompt\":\"No key and no id\"}");
        run.send("prompts", "w-6", "{\"prompt\":\"Id of the header\"}", header("ce_id", "from-header"));
        prompt(run, "w-7", "scored", "'prompt':'Only the prompt','max_tokens':0,'prompt_logprobs':1");
        prompt(run, "w-8", "labels", "'prompt':'Good or bad?','task':'classify','labels':['good','bad']");
    }

    private static void prompt(ScenarioRun run, String key, String id, String fields) {
        run.send("prompts", key, json(id, fields));
    }

    private static String json(String id, String fields) {
        return "{\"id\":\"" + id + "\"," + fields.replace('\'', '"') + "}";
    }
}
