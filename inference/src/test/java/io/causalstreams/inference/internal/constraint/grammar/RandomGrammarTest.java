package io.causalstreams.inference.internal.constraint.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.GenerationException;
import io.causalstreams.inference.OutputConstraint.Grammar;
import io.causalstreams.inference.internal.constraint.ConstraintCompiler;
import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.Writer;
import io.causalstreams.inference.internal.constraint.mask.TokenConstraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The parser against a table of which rule derives which part of a text, on random grammars of every awkward kind. */
class RandomGrammarTest {

    private static final long SEED = Long.getLong("test.seed", 20_260_101L);
    private static final int LONGEST = 5;

    private final ConstraintCompiler compiler = new ConstraintCompiler(TestVocabulary.of("a", "b"));
    private final Random random = new Random(SEED);

    @Test
    void shouldAcceptWhatTheRulesDerive() {
        int accepted = 0;
        for (int i = 0; i < 300; i++) {
            // Given
            List<List<String>> rules = randomRules();
            String grammar = gbnf(rules);
            TokenConstraint compiled;
            try {
                compiled = compiler.compile(new Grammar(grammar));
            } catch (GenerationException.Invalid nothingMeetsIt) {
                assertThat(texts()).as(grammar).noneMatch(text -> derives(rules, text));
                continue;
            }
            for (String text : texts()) {
                // When
                boolean accepts = Writer.accepts(compiled, TestVocabulary.of("a", "b"), text);

                // Then
                assertThat(accepts)
                        .as("seed %d, '%s' in%n%s", SEED, text, grammar)
                        .isEqualTo(derives(rules, text));
                accepted += accepts ? 1 : 0;
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    /** Right sides by rule, as letters: a and b stand for themselves, R and up for rules. */
    private List<List<String>> randomRules() {
        int count = random.nextInt(1, 5);
        List<List<String>> rules = new ArrayList<>();
        for (int rule = 0; rule < count; rule++) {
            List<String> branches = new ArrayList<>();
            for (int branch = random.nextInt(1, 4); branch > 0; branch--) {
                StringBuilder symbols = new StringBuilder();
                for (int length = random.nextInt(4); length > 0; length--) {
                    boolean terminal = random.nextBoolean();
                    symbols.append((char) (terminal ? 'a' + random.nextInt(2) : 'R' + random.nextInt(count)));
                }
                branches.add(symbols.toString());
            }
            rules.add(branches);
        }
        return rules;
    }

    private static String gbnf(List<List<String>> rules) {
        StringBuilder grammar = new StringBuilder("root ::= R\n");
        for (int rule = 0; rule < rules.size(); rule++) {
            List<String> branches = rules.get(rule).stream()
                    .map(branch -> branch.replaceAll("([ab])", "\"$1\" ").replaceAll("([R-Z])", "$1 ") + "\"\"")
                    .toList();
            grammar.append((char) ('R' + rule))
                    .append(" ::= ")
                    .append(String.join(" | ", branches))
                    .append('\n');
        }
        return grammar.toString();
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(""));
        for (int i = 0; texts.get(i).length() < LONGEST; i++) {
            texts.add(texts.get(i) + "a");
            texts.add(texts.get(i) + "b");
        }
        return texts;
    }

    /** Whether the first rule derives the text: the least table closed under the rules. */
    private static boolean derives(List<List<String>> rules, String text) {
        int n = text.length();
        boolean[][][] table = new boolean[rules.size()][n + 1][n + 1];
        boolean grown = true;
        while (grown) {
            grown = false;
            for (int rule = 0; rule < rules.size(); rule++) {
                for (int from = 0; from <= n; from++) {
                    for (int to = from; to <= n; to++) {
                        if (!table[rule][from][to] && anyDerives(rules.get(rule), table, text, from, to)) {
                            table[rule][from][to] = true;
                            grown = true;
                        }
                    }
                }
            }
        }
        return table[0][0][n];
    }

    private static boolean anyDerives(List<String> branches, boolean[][][] table, String text, int from, int to) {
        return branches.stream().anyMatch(branch -> derives(branch, table, text, from, to));
    }

    private static boolean derives(String branch, boolean[][][] table, String text, int from, int to) {
        if (branch.isEmpty()) {
            return from == to;
        }
        char first = branch.charAt(0);
        String rest = branch.substring(1);
        if (first < 'R' || first > 'Z') {
            return from < to && text.charAt(from) == first && derives(rest, table, text, from + 1, to);
        }
        for (int middle = from; middle <= to; middle++) {
            if (table[first - 'R'][from][middle] && derives(rest, table, text, middle, to)) {
                return true;
            }
        }
        return false;
    }
}
