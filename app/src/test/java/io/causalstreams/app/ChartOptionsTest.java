package io.causalstreams.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ChartOptionsTest {

    @Test
    void shouldStartServeWithOptionsThatItHas() throws IOException {
        List<String> options = Pattern.compile("(?<=- )--[\\w-]+")
                .matcher(Files.readString(Path.of("../deploy/kubernetes/causal-streams/templates/deployment.yaml")))
                .results()
                .map(MatchResult::group)
                .toList();
        CommandLine.Model.CommandSpec serve = new CommandLine(new ServeCommand()).getCommandSpec();
        assertThat(options).hasSizeGreaterThan(10).allMatch(option -> serve.findOption(option) != null);
    }
}
