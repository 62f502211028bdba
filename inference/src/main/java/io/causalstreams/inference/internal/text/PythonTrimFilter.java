package io.causalstreams.inference.internal.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code trim(characters)} with Python's idea of white space: Jinjava's own also takes control characters. */
final class PythonTrimFilter implements Filter {

    @Override
    public String getName() {
        return "trim";
    }

    @Override
    public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
        return PythonString.invoke(Objects.toString(value, ""), "strip", List.of((Object[]) arguments));
    }
}
