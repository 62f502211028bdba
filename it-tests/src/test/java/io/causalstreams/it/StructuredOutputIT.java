package io.causalstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.causalstreams.export.Precision;
import io.causalstreams.inference.AnswerPart;
import io.causalstreams.inference.ChatOptions;
import io.causalstreams.inference.EngineConfig;
import io.causalstreams.inference.FinishReason;
import io.causalstreams.inference.GenerationEngine;
import io.causalstreams.inference.GenerationEvent.Choice;
import io.causalstreams.inference.GenerationEvent.Finished;
import io.causalstreams.inference.GenerationRequest;
import io.causalstreams.inference.OutputConstraint;
import io.causalstreams.inference.Prompt;
import io.causalstreams.inference.SamplingParams;
import io.causalstreams.inference.Tool;
import io.causalstreams.inference.ToolChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real model under a schema always writes what another validator accepts, greedy and sampled, in shared steps.
 *
 * <p>The schemas are finite, so every answer ends by itself.
 */
@SuppressWarnings("NullAway.Init") // opened before all
class StructuredOutputIT {
    private static final int ANSWERS_PER_SCHEMA = 10;
    private static final int MAX_TOKENS = 400;
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    /** A question and the schema of its answer. */
    private record Task(String question, String schema) {}

    private static final List<Task> TASKS = List.of(
            new Task("Invent a person.", """
                    {"type": "object",
                     "properties": {
                       "name": {"type": "string", "minLength": 1, "maxLength": 20},
                       "age": {"type": "integer", "minimum": 0, "maximum": 120},
                       "member": {"type": "boolean"},
                       "nickname": {"type": ["string", "null"], "maxLength": 12}},
                     "required": ["name", "age", "member"], "additionalProperties": false}"""),
            new Task("Sort this ticket: the app crashes when I upload a photo.", """
                    {"type": "object",
                     "properties": {
                       "queue": {"enum": ["billing", "technical", "other"]},
                       "priority": {"type": "integer", "minimum": 1, "maximum": 5},
                       "sure": {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.01},
                       "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{2,10}$"},
                                "minItems": 1, "maxItems": 3}},
                     "required": ["queue", "priority", "sure", "tags"], "additionalProperties": false}"""),
            new Task("Call a tool: I need a flight from Oslo to Berlin on 2 May, two people.", """
                    {"anyOf": [
                       {"type": "object",
                        "properties": {
                          "name": {"const": "search_flights"},
                          "arguments": {"type": "object",
                            "properties": {
                              "origin": {"type": "string", "pattern": "^[A-Z]{3}$"},
                              "destination": {"type": "string", "pattern": "^[A-Z]{3}$"},
                              "departure_date": {"type": "string", "format": "date"},
                              "return_date": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                              "cabin": {"enum": ["economy", "premium_economy", "business", "first"]},
                              "passengers": {"type": "array", "minItems": 1, "maxItems": 2,
                                             "items": {"$ref": "#/$defs/passenger"}}},
                            "required": ["origin", "destination", "departure_date", "cabin", "passengers"],
                            "additionalProperties": false}},
                        "required": ["name", "arguments"], "additionalProperties": false},
                       {"type": "object",
                        "properties": {
                          "name": {"const": "get_weather"},
                          "arguments": {"type": "object",
                            "properties": {
                              "location": {"type": "string", "minLength": 1, "maxLength": 24},
                              "unit": {"enum": ["celsius", "fahrenheit"]},
                              "days": {"type": "integer", "minimum": 1, "maximum": 14}},
                            "required": ["location"], "additionalProperties": false}},
                        "required": ["name", "arguments"], "additionalProperties": false}],
                     "$defs": {"passenger": {"type": "object",
                       "properties": {"type": {"enum": ["adult", "child"]},
                                      "given_name": {"type": "string", "minLength": 1, "maxLength": 12}},
                       "required": ["type"], "additionalProperties": false}}}"""),
            new Task("Write an invoice for three apples and a pear.", """
                    {"type": "object",
                     "properties": {
                       "number": {"type": "string", "pattern": "^INV-[0-9]{4}$"},
                       "currency": {"enum": ["EUR", "NOK", "USD"]},
                       "lines": {"type": "array", "minItems": 1, "maxItems": 2, "items": {
                         "type": "object",
                         "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 16},
                                        "count": {"type": "integer", "exclusiveMinimum": 0, "maximum": 99},
                                        "price": {"type": "number", "minimum": 0, "maximum": 500}},
                         "required": ["text", "count", "price"], "additionalProperties": false}}},
                     "required": ["number", "currency", "lines"], "additionalProperties": false}"""),
            new Task("Give the place and the time of a meeting.", """
                    {"type": "array",
                     "prefixItems": [
                       {"type": "object",
                        "properties": {"lat": {"type": "number", "minimum": -90, "maximum": 90},
                                       "lon": {"type": "number", "minimum": -180, "maximum": 180}},
                        "required": ["lat", "lon"], "additionalProperties": false},
                       {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
                       {"type": ["boolean", "null"]}],
                     "items": false, "minItems": 3}"""));

    private static GenerationEngine engine;

    @BeforeAll
    static void open() {
        engine = GenerationEngine.open(
                TestModels.smolLm2(Precision.FP32),
                EngineConfig.defaults().withSlots(25).withMaxContextTokens(512));
    }

    @AfterAll
    static void close() {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void shouldWriteFiftyAnswersThatAllValidate() {
        // When
        List<Finished> answers = Generations.runAll(engine, requests());

        // Then
        for (int i = 0; i < answers.size(); i++) {
            Task task = TASKS.get(i / ANSWERS_PER_SCHEMA);
            Choice choice = answers.get(i).choices().get(0);
            assertThat(choice.finishReason()).as(choice.text()).isEqualTo(FinishReason.STOP);
            JsonSchema schema = SCHEMAS.getSchema(task.schema(), InputFormat.JSON);
            assertThat(schema.validate(
                            choice.text(),
                            InputFormat.JSON,
                            context -> context.getExecutionConfig().setFormatAssertionsEnabled(true)))
                    .as(choice.text())
                    .isEmpty();
        }
        assertThat(answers).hasSize(50);
        assertThat(differentTexts(answers)).isGreaterThan(25);
    }

    @Test
    void shouldSayWhenAnAnswerWasCut() {
        // When
        Choice choice = Generations.run(engine, request("cut", TASKS.get(0), 0, 5))
                .choices()
                .get(0);

        // Then
        assertThat(choice.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(choice.tokenIds()).hasSize(5);
        assertThat(choice.text()).startsWith("{").doesNotEndWith("}");
    }

    @Test
    void shouldWriteWhatAGrammarSays() {
        // Given
        OutputConstraint sums = new OutputConstraint.Grammar("""
                root ::= sum " = " [1-9] [0-9]{0,3}
                sum ::= term " + " term
                term ::= [1-9] [0-9]? | "(" sum ")"
                """);

        // When
        List<Finished> answers = Generations.runAll(engine, sampled("Write a sum.", sums));

        // Then
        for (Finished answer : answers) {
            String text = answer.choices().get(0).text();
            if (answer.choices().get(0).finishReason() == FinishReason.STOP) {
                assertThat(text).matches("[0-9(][0-9 ()+]*[0-9)] = [1-9][0-9]{0,3}");
                assertThat(count(text, '(')).as(text).isEqualTo(count(text, ')'));
            }
        }
        assertThat(answers).anyMatch(answer -> answer.choices().get(0).finishReason() == FinishReason.STOP);
    }

    @Test
    void shouldConstrainSpansBetweenTags() {
        // Given
        OutputConstraint call = new OutputConstraint.StructuralTag("""
                {"format": {"type": "triggered_tags", "at_least_one": true, "stop_after_first": true,
                  "triggers": ["<call>"], "tags": [{"type": "tag", "begin": "<call>", "end": "</call>",
                    "content": {"type": "json_schema", "json_schema": {
                      "type": "object", "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 14}},
                      "required": ["days"], "additionalProperties": false}}}]}}""");

        // When
        List<Finished> answers = Generations.runAll(engine, sampled("Ask for the weather of three days.", call));

        // Then
        for (Finished answer : answers) {
            assertThat(answer.choices().get(0).finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.choices().get(0).text()).matches("<call>\\{\\s*\"days\": ?([1-9]|1[0-4])\\s*\\}</call>");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCallToolsWithArgumentsThatValidate(boolean named) {
        // Given
        String parameters = TASKS.get(1).schema();
        ChatOptions options = ChatOptions.builder()
                .tools(List.of(
                        Tool.of("file_ticket", "Files a ticket.", parameters),
                        Tool.of("close_ticket", "Closes a ticket.", "{\"type\": \"object\", \"properties\": {}}")))
                .toolChoice(named ? new ToolChoice.Named("file_ticket") : new ToolChoice.Required())
                .parallelToolCalls(false)
                .build();
        List<GenerationRequest> requests = new ArrayList<>();
        for (GenerationRequest request : sampled(TASKS.get(1).question(), null)) {
            Prompt.Chat chat = (Prompt.Chat) request.prompt();
            requests.add(request.withPrompt(new Prompt.Chat(chat.messages(), options)));
        }

        // When
        List<Finished> answers = Generations.runAll(engine, requests);

        // Then
        JsonSchema schema = SCHEMAS.getSchema(parameters, InputFormat.JSON);
        for (Finished answer : answers) {
            Choice choice = answer.choices().get(0);
            assertThat(choice.finishReason()).as(choice.text()).isEqualTo(FinishReason.STOP);
            AnswerPart.ToolCall call = (AnswerPart.ToolCall) choice.parts().get(0);
            AnswerPart.Arguments arguments =
                    (AnswerPart.Arguments) choice.parts().get(1);
            assertThat(choice.parts()).hasSize(2);
            if (named) {
                assertThat(call.name()).isEqualTo("file_ticket");
            }
            if (call.name().equals("file_ticket")) {
                assertThat(schema.validate(arguments.json(), InputFormat.JSON))
                        .as(arguments.json())
                        .isEmpty();
            }
        }
    }

    @Test
    void shouldCopyFromThePromptAndGoOnCopyingAfterARestart() throws Exception {
        // Given
        String text = "Zwei Grüße an \"Ørsted & søn\", Torvegade 12B,\n1400 København K: 3 x «Rødgrød»!";
        OutputConstraint form = new OutputConstraint.JsonSchema("""
                {"type": "object", "required": ["name", "street", "goods"], "additionalProperties": false,
                 "properties": {"name": {"type": "string", "x-verbatim": true, "maxLength": 20},
                                "street": {"type": "string", "x-verbatim": true},
                                "goods": {"type": "array", "items": {"x-verbatim": true}, "minItems": 1, "maxItems": 3}}}""");
        List<GenerationRequest> requests = sampled(text, form);

        // When
        List<Finished> answers = Generations.runAll(engine, requests);
        List<GenerationRequest> rest = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            List<Integer> tokens = Generations.tokens(answers.get(i));
            rest.add(requests.get(i).resumedFrom(List.of(tokens.subList(0, tokens.size() / 2))));
        }
        List<Finished> resumed = Generations.runAll(engine, rest);

        // Then
        for (int i = 0; i < answers.size(); i++) {
            Choice choice = answers.get(i).choices().get(0);
            assertThat(choice.finishReason()).as(choice.text()).isEqualTo(FinishReason.STOP);
            JsonNode json = new ObjectMapper().readTree(choice.text());
            assertThat(text)
                    .contains(json.path("name").asText(), json.path("street").asText());
            json.path("goods").forEach(each -> assertThat(text).contains(each.asText()));
            assertThat(Generations.tokens(resumed.get(i))).isEqualTo(Generations.tokens(answers.get(i)));
        }
    }

    private static List<GenerationRequest> sampled(String question, @Nullable OutputConstraint constraint) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            requests.add(GenerationRequest.of(
                    question + i,
                    new Prompt.Chat(List.of(new Prompt.Message("user", question))),
                    SamplingParams.builder()
                            .temperature(0.2 * i)
                            .seed(11L)
                            .maxTokens(MAX_TOKENS)
                            .constraint(constraint)
                            .build()));
        }
        return requests;
    }

    private static long count(String text, char character) {
        return text.chars().filter(c -> c == character).count();
    }

    /** Of each schema one greedy answer, the others sampled hotter and hotter. */
    private static List<GenerationRequest> requests() {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int task = 0; task < TASKS.size(); task++) {
            for (int i = 0; i < ANSWERS_PER_SCHEMA; i++) {
                requests.add(request("schema " + task + " answer " + i, TASKS.get(task), 0.15 * i, MAX_TOKENS));
            }
        }
        return requests;
    }

    private static GenerationRequest request(String id, Task task, double temperature, int maxTokens) {
        return GenerationRequest.of(
                id,
                new Prompt.Chat(List.of(new Prompt.Message("user", task.question() + " Answer as JSON."))),
                SamplingParams.builder()
                        .temperature(temperature)
                        .seed(11L)
                        .maxTokens(maxTokens)
                        .constraint(new OutputConstraint.JsonSchema(task.schema()))
                        .build());
    }

    private static int differentTexts(List<Finished> answers) {
        Set<String> texts = new HashSet<>();
        answers.forEach(answer -> texts.add(answer.choices().get(0).text()));
        return texts.size();
    }
}
