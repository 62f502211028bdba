package io.causalstreams.export.internal.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.causalstreams.export.internal.architecture.UnsupportedModelException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MixSearchTest {
    private static final List<String> KINDS = List.of("qkv", "output", "gate_up", "down");
    private static final double FLOOR = 1e-4;

    private final List<MatrixGroup> groups = new ArrayList<>();
    private final Map<String, Double> costs = new HashMap<>();
    private final AtomicInteger measurements = new AtomicInteger();

    MixSearchTest() {
        for (int layer = 0; layer < 10; layer++) {
            for (String kind : KINDS) {
                groups.add(new MatrixGroup("layers." + layer, kind, 100, List.of("/layers." + layer + "/" + kind)));
            }
        }
        groups.add(new MatrixGroup("", "head", 1000, List.of("/head")));
        groups.forEach(group -> costs.put(group.name(), 1e-4));
    }

    @Test
    void shouldFindThePlantedSensitiveLayers() {
        // Given
        costs.put("layers.3/down", 0.05);
        costs.put("layers.7/qkv", 0.02);

        // When
        Mix mix = new MixSearch(groups, 0.01, this::additive).find();

        // Then
        assertThat(mix.fine()).extracting(MatrixGroup::name).containsExactly("layers.3/down", "layers.7/qkv");
        assertThat(mix.after()).isLessThanOrEqualTo(0.01);
        assertThat(mix.before()).isGreaterThan(0.07);
    }

    @Test
    void shouldPreferSmallMatricesToLargeOnes() {
        // Given: the head brings more than the layer, but ten times as many weights
        costs.put("head", 0.03);
        costs.put("layers.0/down", 0.02);

        // When
        Mix mix = new MixSearch(groups, 0.04, this::additive).find();

        // Then
        assertThat(mix.fine()).extracting(MatrixGroup::name).containsExactly("layers.0/down");
    }

    @Test
    void shouldChangeNothingWhereTheLimitIsKeptAlready() {
        // When
        Mix mix = new MixSearch(groups, 0.1, this::additive).find();

        // Then
        assertThat(mix.fine()).isEmpty();
        assertThat(measurements).hasValue(1);
    }

    @Test
    void shouldNotLookCloserAtKindsThatBringNothing() {
        // Given: one kind alone matters
        groups.forEach(group -> costs.put(group.name(), group.kind().equals("down") ? 0.01 : 1e-6));

        // When
        Mix mix = new MixSearch(groups, 0.05, this::additive).find();

        // Then: none, all, five kinds, ten layers, six bisections
        assertThat(mix.fine()).extracting(MatrixGroup::kind).containsOnly("down");
        assertThat(mix.after()).isLessThanOrEqualTo(0.05);
        assertThat(measurements).hasValueLessThanOrEqualTo(2 + 5 + 10 + 6);
    }

    @Test
    void shouldSayThatALimitCannotBeKept() {
        assertThatThrownBy(() -> new MixSearch(groups, FLOOR / 2, this::additive).find())
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("--max-kl")
                .hasMessageContaining("higher --precision");
    }

    /** A floor, and what every coarse group costs. */
    private double additive(Collection<MatrixGroup> fine) {
        measurements.incrementAndGet();
        return FLOOR
                + groups.stream()
                        .filter(group -> !fine.contains(group))
                        .mapToDouble(group -> costs.getOrDefault(group.name(), 0.0))
                        .sum();
    }
}
