package io.causalstreams.inference.internal.text;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * Teaches Jinjava the methods and subscripts that Python's strings and dictionaries have. A string has no others: the
 * methods of {@link String} are out of a template's reach.
 */
final class PythonMethods extends ELResolver {
    private static final Pattern INDEX = Pattern.compile("-?[0-9]{1,9}");

    @Override
    public @Nullable Object invoke(
            ELContext context,
            @Nullable Object base,
            Object method,
            Class<?> @Nullable [] types,
            Object @Nullable [] arguments) {
        List<Object> values = arguments == null ? List.of() : Arrays.asList(arguments);
        if (method.equals("slice") && (base instanceof String || base instanceof List)) {
            context.setPropertyResolved(true);
            return slice(base, values);
        }
        if (base instanceof String string) {
            context.setPropertyResolved(true);
            return PythonString.invoke(string, method.toString(), values);
        }
        if (base instanceof Map<?, ?> map && method.equals("get")) {
            context.setPropertyResolved(true);
            Object value = map.get(values.get(0));
            return value == null && values.size() > 1 ? values.get(1) : value;
        }
        if (base instanceof Map<?, ?> map && method.equals("values")) {
            context.setPropertyResolved(true);
            return new PythonValues.Items(new ArrayList<>(map.values()));
        }
        return null;
    }

    /** {@code [start:stop:step]} of a string or a list; JinjaExpression writes it as a method. */
    private static Object slice(Object base, List<Object> bounds) {
        List<?> items = base instanceof String string
                ? string.codePoints().mapToObj(Character::toString).toList()
                : (List<?>) base;
        int size = items.size();
        int step = bounds.size() > 2 ? bound(bounds, 2, 1) : 1;
        if (step == 0) {
            throw new IllegalArgumentException("a slice has the step 0");
        }
        boolean forward = step > 0;
        int start = clamped(bound(bounds, 0, forward ? 0 : size), size, forward);
        int stop = bounds.get(1) == null && !forward ? -1 : clamped(bound(bounds, 1, size), size, forward);
        List<Object> slice = new ArrayList<>();
        for (int i = start; forward ? i < stop : i > stop; i += step) {
            slice.add(items.get(i));
        }
        return base instanceof String
                ? slice.stream().map(String::valueOf).collect(Collectors.joining())
                : new PythonValues.Items(slice);
    }

    private static int bound(List<Object> bounds, int index, int otherwise) {
        return bounds.get(index) instanceof Number number ? number.intValue() : otherwise;
    }

    /** Counted from the end if it is negative, and within the items. */
    private static int clamped(int bound, int size, boolean forward) {
        int at = bound < 0 ? bound + size : bound;
        return forward ? Math.max(0, Math.min(size, at)) : Math.max(-1, Math.min(size - 1, at));
    }

    /** {@code string[index]}, from the end for negative indices; any other property of a string is undefined. */
    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
        if (!(base instanceof String string)) {
            return null;
        }
        context.setPropertyResolved(true);
        if (!INDEX.matcher(property.toString()).matches()) {
            return null;
        }
        int index = Integer.parseInt(property.toString());
        int[] characters = string.codePoints().toArray();
        int from = index < 0 ? characters.length + index : index;
        return from < 0 || from >= characters.length ? null : Character.toString(characters[from]);
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, @Nullable Object base, Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, @Nullable Object base, Object property, @Nullable Object value) {
        // Nothing here can be assigned to: the next resolver decides.
    }

    @Override
    public boolean isReadOnly(ELContext context, @Nullable Object base, Object property) {
        return true;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, @Nullable Object base) {
        return Collections.emptyIterator();
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
        return Object.class;
    }
}
