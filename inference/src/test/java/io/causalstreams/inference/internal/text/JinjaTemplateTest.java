package io.causalstreams.inference.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What chat templates use of Jinja2 and of Python, as Jinja2 renders it. */
class JinjaTemplateTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("templates")
    void shouldRenderAsJinja2Does(String template, String text) {
        assertThat(new JinjaTemplate(template, Clock.systemUTC()).render(Map.of("n", 2L)))
                .isEqualTo(text);
    }

    static Stream<Arguments> templates() {
        return Stream.of(
                Arguments.of("{{ dict(a=1, b=n + 1).b }}", "3"),
                Arguments.of("{{ 'abcdef'[n+1:-1] }}", "de"),
                Arguments.of("{{ [1, 2, 3, 4][::2] }}", "[1, 3]"),
                Arguments.of("{{ [1, 2, 3][::-1] }}", "[3, 2, 1]"),
                Arguments.of("{{ 'abc'[::-1] }}", "cba"),
                Arguments.of("{{ [1, 2, 3][n:] }}", "[3]"),
                Arguments.of("{{ 'abcdef'[-3:] }}", "def"),
                Arguments.of("{{ n+1 }} {{ n -1 }}", "3 1"),
                Arguments.of("{{ '{} of {}'.format(n, 'b') }}", "2 of b"),
                Arguments.of("{{ 'a.b.c'.rsplit('.', 1) }}", "['a.b', 'c']"),
                Arguments.of("{{ 'aXbXc'.replace('X', '-', 1) }}", "a-bXc"),
                Arguments.of("{{ ' a  b '.split() }}", "['a', 'b']"),
                Arguments.of("{{ ''.split() }}", "[]"),
                Arguments.of("{{ 'prefix-x'.removeprefix('prefix-') }}", "x"),
                Arguments.of("{{ 'y' if none is  not none else 'n' }}", "n"),
                Arguments.of("a{\n    {%- if n %} b{% endif -%}\n}", "a{ b}"),
                Arguments.of(
                        "{%- macro f(x) -%}{{ x }}{% if x > 0 %}{{ f(x - 1) }}{% endif %}{%- endmacro -%}{{ f(3) }}",
                        "3210"),
                Arguments.of(
                        "{{ {'b': 'ö', 'a': [1]}|tojson(ensure_ascii=True, sort_keys=True) }}",
                        "{\"a\": [1], \"b\": \"\\u00f6\"}"),
                Arguments.of("{{ {'a': [1, 2]}|tojson(separators=(',', ':')) }}", "{\"a\":[1,2]}"),
                Arguments.of("{{ 'x' if n is defined and n > 1 else 'y' }}", "x"),
                Arguments.of("{{ 'y' if '12'.isdigit() else 'n' }}", "y"));
    }
}
