// What Spring AI sends. Run as a source file, with spring-ai-openai on the class path.
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;
import org.springframework.ai.openai.api.ResponseFormat;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.util.MimeTypeUtils;

public class SpringSdk {
    public record Weather(String city, int degrees) {}

    public record City(String city) {}

    public static void main(String[] arguments) {
        FunctionToolCallback<City, String> tool = FunctionToolCallback.builder("get_weather", (City city) -> "3")
                .description("The weather of a city")
                .inputType(City.class)
                .build();
        UserMessage question = new UserMessage("What is the weather in Oslo?");
        chat(arguments[0], "chat", OpenAiChatOptions.builder().temperature(0.2).seed(7).maxTokens(30).stop(List.of("END")))
                .call(new Prompt(new SystemMessage("Be brief."), question));
        chat(arguments[0], "chat-stream", OpenAiChatOptions.builder().streamUsage(true)).stream(new Prompt(question)).blockLast();
        chat(arguments[0], "chat-logprobs", OpenAiChatOptions.builder().logprobs(true).topLogprobs(2).N(2)).call(new Prompt(question));
        chat(arguments[0], "chat-bookkeeping", OpenAiChatOptions.builder().metadata(Map.of("team", "a")).store(true).user("ada"))
                .call(new Prompt(question));
        chat(arguments[0], "chat-reasoning", OpenAiChatOptions.builder().reasoningEffort("low").maxCompletionTokens(40))
                .call(new Prompt(question));
        chat(arguments[0], "chat-image", OpenAiChatOptions.builder())
                .call(new Prompt(UserMessage.builder()
                        .text("What is this?")
                        .media(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("data:image/png;base64,AAAA")))
                        .build()));
        chat(arguments[0], "tools-run", OpenAiChatOptions.builder().toolCallbacks(List.of(tool))).call(new Prompt(question));
        String schema = new BeanOutputConverter<>(Weather.class).getJsonSchema();
        chat(arguments[0], "json-schema", OpenAiChatOptions.builder().responseFormat(new ResponseFormat(ResponseFormat.Type.JSON_SCHEMA, schema)))
                .call(new Prompt(question));
        chat(arguments[0], "json-object", OpenAiChatOptions.builder().responseFormat(ResponseFormat.builder().type(ResponseFormat.Type.JSON_OBJECT).build()))
                .call(new Prompt(question));
    }

    private static OpenAiChatModel chat(String url, String name, OpenAiChatOptions.Builder options) {
        return OpenAiChatModel.builder()
                .openAiApi(OpenAiApi.builder().baseUrl(url + "/" + name).apiKey("none").build())
                .defaultOptions(options.model("m").build())
                .build();
    }
}
