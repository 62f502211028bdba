package io.causalstreams.inference.internal.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.objects.collections.PyList;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code dictionary|items}: its pairs; none of what is undefined. */
final class PythonItemsFilter implements Filter {

    @Override
    public String getName() {
        return "items";
    }

    @Override
    public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
        return new PyList(value instanceof Map<?, ?> map ? new ArrayList<>(map.entrySet()) : new ArrayList<>());
    }
}
