package io.causalstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

class ForwardingEngineTest {
    private static final GenerationRequest REQUEST =
            GenerationRequest.of("r-1", new Prompt.Text("x"), SamplingParams.greedy(1));
    /** What the other engine answers, by type; none is what a default method of the interface gives. */
    private static final Map<Class<?>, Object> ANSWERS = Map.of(
            PreparedRequest.class,
            proxy(PreparedRequest.class),
            Generation.class,
            (Generation) () -> {},
            GenerationListener.class,
            proxy(GenerationListener.class),
            boolean.class,
            false,
            ModelInfo.class,
            new ModelInfo("tiny", "0123456789abcdef", 256, 128, "fp32", false),
            EngineStats.class,
            new EngineStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

    /** A call that reached the other engine. */
    private record Call(Method method, List<Object> arguments) {}

    private final List<Call> calls = new ArrayList<>();

    /** Every method of the interface, so that one added there is missed here; but for the stream, which uses the others. */
    static Stream<Method> methods() {
        return Arrays.stream(GenerationEngine.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() != Flux.class);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldForwardEveryMethod(Method method) throws ReflectiveOperationException {
        // Given
        ForwardingEngine engine = new ForwardingEngine(otherEngine()) {};
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> type == GenerationRequest.class ? REQUEST : ANSWERS.get(type))
                .toArray();

        // When
        Object answer = method.invoke(engine, arguments);

        // Then
        assertThat(calls).containsExactly(new Call(method, Arrays.asList(arguments)));
        assertThat(answer).isEqualTo(ANSWERS.get(method.getReturnType()));
    }

    @Test
    void shouldStreamThroughItsOwnMethods() {
        // Given
        List<String> used = new ArrayList<>();
        ForwardingEngine engine = new ForwardingEngine(otherEngine()) {
            @Override
            public PreparedRequest prepare(GenerationRequest request) {
                used.add("prepare");
                return super.prepare(request);
            }

            @Override
            public Generation generate(PreparedRequest request, GenerationListener listener) {
                used.add("generate");
                return super.generate(request, listener);
            }
        };

        // When
        engine.generate(REQUEST).subscribe();

        // Then
        assertThat(used).containsExactly("prepare", "generate");
    }

    private static <T> T proxy(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            return switch (method.getName()) {
                case "equals" -> proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> type.getSimpleName();
            };
        }));
    }

    private GenerationEngine otherEngine() {
        return (GenerationEngine) Proxy.newProxyInstance(
                GenerationEngine.class.getClassLoader(),
                new Class<?>[] {GenerationEngine.class},
                (proxy, method, arguments) -> {
                    calls.add(new Call(method, arguments == null ? List.of() : Arrays.asList(arguments)));
                    return ANSWERS.get(method.getReturnType());
                });
    }
}
