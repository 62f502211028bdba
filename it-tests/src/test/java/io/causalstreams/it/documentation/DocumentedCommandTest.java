package io.causalstreams.it.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentedCommandTest {

    @Test
    void shouldReadLinesAsAShellDoes() {
        assertThat(ShellLines.commands("""
                        a --b "c d" 'e "f"' > file.txt   # a comment
                        g | h && i \\
                          j … &
                        k() { l $1; }
                        """))
                .containsExactly(
                        List.of("a", "--b", "c d", "e \"f\""),
                        List.of("g"),
                        List.of("h"),
                        List.of("i", "j"),
                        List.of("l", "$1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "./causal-streams demos",
                "./causal-streams serve --http-porch 8080",
                "./causal-streams bench --rounds many",
                "mvn verifyy",
                "mvn verify -pl it-test",
                "mvn verify -Pslow",
                "mvn verify -Dit.test=ChaoticIT",
                "mvn verify -Dsoaking.seconds=3",
                "docker compose up brokers",
                "docker compose --profile observed up",
                "docker build -f Dockerfile.rocm .",
                "benchmarks/jump",
                "benchmarks/compare --with-peers",
                "curl http://localhost:8080/v1/chats",
                "curl -d '{\"messages\":[],\"stream\":true}' http://localhost:8080/v1/chat/completions",
                "kafka-topics.sh --rename",
                "helm install demo deploy/helm",
                "example TicketSorting",
                "cd it-tests/clients/ruby",
                "cd it-tests/clients/python && python3 tell.py",
                "pip install causal-streams"
            })
    void shouldFindWhatIsWrong(String command) {
        assertThat(DocumentedCommand.problems(command)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}], \"max_tokns\": 3}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}], \"max_tokens\": -3}",
                "{\"role\": 3, \"content\": \"Hello\"}",
                "{\"type\": \"structural_tag\", \"triggers\": \"<\"}",
                "{\"messages\": "
            })
    void shouldFindWhatIsWrongWithJson(String json) {
        assertThat(DocumentedJson.problems(json)).isNotEmpty();
    }
}
