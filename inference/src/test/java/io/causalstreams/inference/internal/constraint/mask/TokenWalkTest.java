package io.causalstreams.inference.internal.constraint.mask;

import static org.assertj.core.api.Assertions.assertThat;

import io.causalstreams.inference.internal.constraint.TestVocabulary;
import io.causalstreams.inference.internal.constraint.expression.Automaton;
import io.causalstreams.inference.internal.constraint.expression.ByteState;
import io.causalstreams.inference.internal.constraint.expression.Expression;
import io.causalstreams.inference.internal.constraint.expression.Expressions;
import io.causalstreams.inference.internal.constraint.pattern.CharacterEncoding;
import io.causalstreams.inference.internal.constraint.pattern.PatternParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenWalkTest {

    private static final long SEED = Long.getLong("test.seed", 20_260_101L);
    private static final TestVocabulary VOCABULARY = TestVocabulary.synthetic(3_000, new Random(SEED));
    private static final VocabularyTrie TRIE = new VocabularyTrie(VOCABULARY);

    /** Free text, bounded text, text but for some words, classes of characters, numbers, what may end anywhere. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "^[^\"\\\\\\x00-\\x1f]*\"$                  ; the",
                "^[^\"\\\\\\x00-\\x1f]{0,9}\"$              ; a",
                "^[^\"\\\\\\x00-\\x1f]{4}\"$                ; ",
                "^(?!name\"|the\"|id-)[^\"]*\"$             ; ",
                "^(?!name\"|the\"|id-)[^\"]*\"$             ; na",
                "^(?!the)[^\"]{2,7}\"(,\"[a-z]*\")?$        ; ",
                "^[a-z_]{2,}\"$                             ; a",
                "^-?[0-9]+(\\.[0-9]+)?$                     ; 1",
                "^(.|\\n)*$                                 ; the",
                "^(the |name|[^n]a)*\"$                     ; ",
                "^$                                         ; "
            })
    void shouldReachWhatEachTokenReachesAlone(String pattern, @Nullable String before) {
        // Given
        Expressions expressions = new Expressions(TRIE.singleBytes());
        Automaton automaton = new Automaton(expressions);
        Expression regular = PatternParser.parseSearch(pattern).toExpression(expressions, CharacterEncoding.TEXT);
        ByteState start = automaton.state(regular);
        for (byte value : (before == null ? "" : before).getBytes(StandardCharsets.UTF_8)) {
            start = automaton.next(start, value);
        }
        BitSet tokens = new BitSet();
        Map<ByteBuffer, ByteState> exits = new TreeMap<>();
        for (int token = 0; token < VOCABULARY.size(); token++) {
            byte[] bytes = VOCABULARY.bytesOf(token);
            ByteState at = start;
            for (int i = 0; i < bytes.length && at != Automaton.DEAD; i++) {
                at = automaton.next(at, bytes[i] & 0xFF);
                if (at.accepting && i + 1 < bytes.length) {
                    exits.put(ByteBuffer.wrap(Arrays.copyOf(bytes, i + 1)), at);
                }
            }
            tokens.set(token, bytes.length > 0 && at != Automaton.DEAD);
        }

        // When
        TokenWalk.Reached<ByteState> reached = new TokenWalk<>(TRIE, new Bytes(automaton)).all(start);

        // Then
        assertThat(reached.tokens()).as("seed %d", SEED).isEqualTo(tokens);
        Map<ByteBuffer, ByteState> reachedExits = new TreeMap<>();
        reached.exits().forEach(exit -> reachedExits.put(bytesAt(exit.node()), exit.at()));
        assertThat(reachedExits).isEqualTo(exits);
        assertThat(reached.exits()).hasSameSizeAs(exits.keySet());
    }

    private static ByteBuffer bytesAt(int node) {
        byte[] bytes = new byte[TRIE.depth(node)];
        for (int above = node, left = bytes.length; above > 0; above--) {
            if (TRIE.depth(above) == left && TRIE.end(above) > node) {
                bytes[--left] = (byte) TRIE.label(above);
            }
        }
        return ByteBuffer.wrap(bytes);
    }

    private record Bytes(Automaton automaton) implements TokenWalk.Reader<ByteState> {
        @Override
        public @Nullable ByteState next(ByteState at, int value) {
            ByteState next = automaton.next(at, value);
            return next == Automaton.DEAD ? null : next;
        }

        @Override
        public boolean mayEnd(ByteState at) {
            return at.accepting;
        }
    }
}
