package io.causalstreams.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

    @Test
    void shouldExitWithTwoAndNameTheUnknownCommand() {
        Outcome outcome = run("brokr");
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err)
                .hasLineCount(1)
                .contains("unknown command 'brokr'")
                .contains("did you mean 'broker'");
    }

    @Test
    void shouldExitWithTwoAndNameTheUnknownOption() {
        Outcome outcome = run("broker", "--prot", "3");
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err).hasLineCount(1).contains("unknown option '--prot'");
    }

    @Test
    void shouldExitWithTwoBeforeItLoadsAModelForAWrongTemperature() {
        Outcome outcome = run("generate", "--model", "no-such-model", "--temperature", "-1", "Hello");
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err).hasLineCount(1).contains("temperature");
    }

    @ParameterizedTest
    @CsvSource({
        "--dropout, 2",
        "--rank, 0",
        "--alpha, 0",
        "--epochs, 0",
        "--max-steps, -1",
        "--batch-size, 0",
        "--learning-rate, 0",
        "--warmup, 1.5",
        "--weight-decay, -1",
        "--clip, -1",
        "--validation, 1",
        "--validate-every, 0",
        "--patience, -1",
        "--max-tokens, 0",
        "--batch-tokens, 0",
        "--activations, -1",
        "--threads, 0"
    })
    void shouldExitWithTwoBeforeItLoadsAModelForAWrongValueOfTune(String option, String value) {
        Outcome outcome = run("tune", "--model", "no-such-model", "--data", "none", "--output", "none", option, value);
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err)
                .startsWith("causal-streams tune: " + option + " is ")
                .contains("it must be");
    }

    @ParameterizedTest
    @CsvSource({
        "--learn-records, 0",
        "--learn-minutes, 0",
        "--learn-share, 1.5",
        "--learn-share, NaN",
        "--learn-epochs, 0",
        "--learn-rate, 0",
        "--learn-rank, 0",
        "--learn-sign, private"
    })
    void shouldExitWithTwoBeforeItServesForAWrongValueOfLearning(String option, String value) {
        Outcome outcome = run("serve", "--learn", "support", "--learn-store", "none", option, value);
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err)
                .startsWith("causal-streams serve: " + option + " is ")
                .contains("it must be");
    }

    @Test
    void shouldExitWithTwoBeforeItPublishesACandidateForMoreThanAllKeys() {
        Outcome outcome = run("adapters", "publish", "support", "no-such-adapter", "--canary", "2");
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err).hasLineCount(1).contains("--canary is 2.0; it must be between 0 and 1");
    }

    @Test
    void shouldExitWithTwoWhereNoTextIsGiven() {
        for (String[] arguments :
                new String[][] {{"embed"}, {"rerank", "--query", "x"}, {"embed", "--input", "f", "x"}}) {
            Outcome outcome = run(arguments);
            assertThat(outcome.exitCode).isEqualTo(2);
            assertThat(outcome.err).hasLineCount(1).contains("give either texts or --input FILE");
        }
    }

    @Test
    void shouldExitWithTwoWithoutACommand() {
        assertThat(run().exitCode).isEqualTo(2);
    }

    @Test
    void shouldShowHelpOnStdout() {
        Outcome outcome = run("--help");
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.out).contains("Usage: causal-streams");
    }

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream capturedOut = new ByteArrayOutputStream();
        ByteArrayOutputStream capturedErr = new ByteArrayOutputStream();
        try (PrintStream newOut = new PrintStream(capturedOut, true, StandardCharsets.UTF_8);
                PrintStream newErr = new PrintStream(capturedErr, true, StandardCharsets.UTF_8)) {
            System.setOut(newOut);
            System.setErr(newErr);
            int exitCode = Main.run(arguments);
            return new Outcome(
                    exitCode,
                    capturedOut.toString(StandardCharsets.UTF_8),
                    capturedErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
