package io.causalstreams.export.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfPrecisionTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0x0000",
        "-0.0, 0x8000",
        "1, 0x3c00",
        "-2, 0xc000",
        "65504, 0x7bff",
        "65519.9, 0x7bff",
        "65520, 0x7c00",
        "1e9, 0x7c00",
        "6.103515625e-05, 0x0400",
        "6.097555e-05, 0x03ff",
        "5.9604645e-08, 0x0001",
        "2.9802322e-08, 0x0000",
        "1.00048828125, 0x3c00",
        "1.00146484375, 0x3c02",
        "NaN, 0x7e00"
    })
    void shouldRoundToNearestEven(float value, String bits) {
        // When
        short half = HalfPrecision.fromFloat(value);

        // Then
        assertThat(half).isEqualTo(Integer.decode(bits).shortValue());
    }
}
